"""The one event loop of a worker process."""

import subprocess
import sys

from tests.conftest import Servers
from tests.processes import environment

# Each round is a worker's start: its first tasks and pokes ask at the same moment.
ROUNDS = """
import threading
from tasks import celery_app

most = 0
for _ in range(50):
    celery_app._only_loop.cache_clear()
    together, loops = threading.Barrier(8), []
    def ask():
        together.wait()
        loops.append(id(celery_app.loop()))
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    most = max(most, len(set(loops)))
print(most)
"""


def test_all_threads_of_a_worker_share_one_loop(worker_servers: Servers) -> None:
    """Two loops would share one engine, whose locks belong to the first: jobs would wait for ever."""
    command = [sys.executable, "-c", ROUNDS]
    answer = subprocess.run(command, env=environment(worker_servers), capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "1"
