"""The `appointly` command. What a command needs is imported when it runs: the worker and the clock become Celery's."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from appointly.errors import AppointlyError
from appointly.logs import configure_logs
from appointly.settings import Settings, settings
from appointly.supervisor import StartFailed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. A refusal is one sentence on stderr, never a stack trace."""
    configure_logs()
    try:
        options = _parser().parse_args(arguments)
        return options.run(options) or 0
    except AppointlyError as error:
        print(f"appointly: {error.message}", file=sys.stderr)
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"])
            what = "The setting " if name.isupper() else ""
            print(f"appointly: {what}{name} is wrong: {problem['msg']}", file=sys.stderr)
    except Exception as error:
        if "OperationalError" not in {kind.__name__ for kind in type(error).__mro__}:  # psycopg's or SQLAlchemy's
            raise
        reason = str(getattr(error, "orig", error)).strip().splitlines()[-1]
        print(f"appointly: The database cannot be reached: {reason}", file=sys.stderr)
    except KeyboardInterrupt:
        print("appointly: Stopped.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="appointly", description="A marketplace for appointments.")
    commands = parser.add_subparsers(required=True, metavar="command")
    up = commands.add_parser("up", help="everything one machine needs, with demo data")
    up.add_argument("--no-demo", action="store_true", help="no demo data, no demo logins, no development mailbox")
    up.set_defaults(run=_up)
    web = commands.add_parser("web", help="the web server alone")
    web.set_defaults(run=_web)
    for serving in (up, web):
        serving.add_argument("--host", default="127.0.0.1")
        serving.add_argument("--port", type=int, default=8000)
        serving.add_argument("--workers", type=int, default=1, help="web server processes")
    worker = commands.add_parser("worker", help="a worker for mail and everything else that happens outside")
    worker.add_argument("--concurrency", type=int, default=8)
    worker.set_defaults(run=_worker)
    commands.add_parser("beat", help="the clock that sweeps for what is due").set_defaults(run=_beat)
    commands.add_parser("migrate", help="bring the database to the newest revision").set_defaults(run=_migrate)
    commands.add_parser("demo", help="make the demo data anew").set_defaults(run=_demo)
    admin = commands.add_parser("create-admin", help="make an account that may do everything")
    admin.add_argument("email")
    admin.set_defaults(run=_create_admin)
    commands.add_parser("doctor", help="say what would break a booking, and how to fix it").set_defaults(run=_doctor)
    return parser


def _servers() -> Settings:
    """The settings of a role that runs on many machines."""
    config = settings()
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not getattr(config, name.lower())]
    if missing:
        raise StartFailed(f"Set {' and '.join(missing)} first, or run everything with: appointly up")
    return config


def _adopt_running_servers() -> Settings:
    """The settings, completed by what an `appointly up` in this folder runs and has chosen."""
    from appointly.database.embedded import running_servers

    config = settings()
    running, key = running_servers(config.home), config.home / "secret_key"
    chosen = {
        "DATABASE_URL": config.database_url or running.database_url,
        "REDIS_URL": config.redis_url or running.redis_url,
    }
    if running.database_url and not config.secret_key and key.exists():
        chosen |= {"SECRET_KEY": key.read_text(), "APPOINTLY_DEMO": "1"}
    os.environ.update(chosen)
    settings.cache_clear()
    return settings()


def _database() -> str:
    url = _adopt_running_servers().database_url
    if not url:
        raise StartFailed("Set DATABASE_URL first, or run this beside: appointly up")
    return url


def _up(options: argparse.Namespace) -> None:
    from appointly.up import up

    up(options.host, options.port, options.workers, demo=not options.no_demo)


def _web(options: argparse.Namespace) -> None:
    from appointly.web import serve

    _servers()
    serve(options.host, options.port, options.workers)


def _celery(*arguments: str) -> None:
    _servers().require_secret()
    celery = [sys.executable, "-m", "celery", "-A", "tasks.celery_app:app", *arguments, "--loglevel", "INFO"]
    os.execv(sys.executable, celery)  # noqa: S606


def _worker(options: argparse.Namespace) -> None:
    _celery(
        "worker",
        "--without-gossip",
        "--without-mingle",
        "-P",
        "threads",
        "--concurrency",
        str(options.concurrency),
    )


def _beat(options: argparse.Namespace) -> None:
    _celery("beat", "-s", str(settings().home / "beat"))


def _migrate(options: argparse.Namespace) -> None:
    from appointly.database.migrate import migrate

    migrate(_database())


def _demo(options: argparse.Namespace) -> None:
    from appointly import clock
    from appointly.database import transaction
    from appointly.demo import recreate

    _database()

    async def make() -> None:
        async with transaction() as session:
            await recreate(session, clock.now())

    asyncio.run(make())


def _create_admin(options: argparse.Namespace) -> None:
    from appointly import clock
    from appointly.database import transaction
    from appointly.operations.create_admin import NewAdmin, create_admin

    _database()
    form = NewAdmin(email=options.email, password=settings().admin_password or getpass.getpass("Password: "))

    async def create() -> None:
        async with transaction() as session:
            await create_admin(session, form, clock.now())

    asyncio.run(create())
    print(f"{form.email} may sign in as an admin now.")


def _doctor(options: argparse.Namespace) -> int:
    from appointly.doctor import examine

    _adopt_running_servers()
    return asyncio.run(examine())


if __name__ == "__main__":
    sys.exit(main())
