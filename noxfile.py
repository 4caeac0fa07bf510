"""One command for each habit: `nox -s lint | types | tests | docs | bench | verify`.

Every session installs the package with the pinned versions of constraints.txt.
"""

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True


def install(session: nox.Session, extra: str) -> None:
    session.install("-c", "constraints.txt", "-e", f".[{extra}]")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, the layer contract, and the linters of networks and findings."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("lint-imports")
    session.run("lamella", "model", "lint")
    session.run("lamella", "findings", "lint")


@nox.session
def types(session: nox.Session) -> None:
    """Static types."""
    install(session, "lint")
    session.run("pyright")


@nox.session
def tests(session: nox.Session) -> None:
    """The test suite, under ten minutes on two cores."""
    install(session, "test")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The pages under docs/, every example executed, into build/docs."""
    install(session, "test")
    session.run("python", "docs/build.py", "build/docs")


@nox.session
def bench(session: nox.Session) -> None:
    """Speed beside peers measured in the same run; results are stored in bench/results."""
    install(session, "bench")
    session.run("python", "-m", "bench", *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Slow and statistical: against theory and against other programs."""
    install(session, "test,bench")
    session.run("pytest", "verification", *session.posargs)
