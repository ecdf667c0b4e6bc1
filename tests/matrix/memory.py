"""How much memory each student of a classroom takes."""

import threading

import psutil


class Memory(threading.Thread):
    """Watches, while it is entered, how much memory each student's server and kernels have resident.

    `peaks`: name → bytes, and "everybody" → bytes of the hub and all it started. What processes share counts in each.
    """

    def __init__(self, room):
        super().__init__(daemon=True)
        self.room, self.peaks, self._done = room, {}, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()

    def run(self):
        while not self._done.wait(0.25):
            sizes = {}
            for process in self.room.processes():
                try:
                    owner, size = process.environ().get("JUPYTERHUB_USER"), process.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
                for name in filter(None, (owner, "everybody")):
                    sizes[name] = sizes.get(name, 0) + size
            for name, size in sizes.items():
                self.peaks[name] = max(size, self.peaks.get(name, 0))
