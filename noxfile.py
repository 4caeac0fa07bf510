"""One command for each habit: `nox -s lint | types | tests | docs | bench | verify`.

Every session installs the package with the pinned versions of constraints.txt.
"""

from pathlib import Path

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
    """Speed beside peers measured in the same run."""
    install(session, "bench")
    for path in sorted(Path("bench").glob("[!_]*.py")):
        session.run("python", "-m", f"bench.{path.stem}", *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Slow and statistical: `nox -s verify -- DIR` also runs the SBML test suite that lies in DIR."""
    install(session, "test,bench")
    session.run("python", "-m", "verification.tissue")
    session.run("python", "-m", "verification.culture")
    session.run("python", "-m", "verification.step_errors")
    session.run("python", "-m", "verification.power")
    session.run("python", "-m", "verification.hostile_models")
    session.run("python", "-m", "verification.contradictions")
    session.run("python", "-m", "verification.sbml_export")
    if session.posargs:
        session.run("python", "-m", "verification.sbml_suite", *session.posargs)
        session.run("python", "-m", "verification.sbml_stochastic", *session.posargs)
