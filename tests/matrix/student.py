"""A student at a JupyterHub: signs in, follows the teacher's link, runs a notebook; all through the hub's proxy."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import requests
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from nbformat.v4 import output_from_msg
from websocket import create_connection

SECONDS_TO_START = 60
SECONDS_A_CELL = 300
OUTPUTS = {"stream", "display_data", "execute_result", "error"}


class Student:
    """One student of a `Classroom`, by name."""

    def __init__(self, room, name):
        self.room, self.name = room, name
        self.browser = requests.Session()
        self.server = f"{room.url}/user/{name}"

    def sign_in(self, password):
        """Fill in the hub's form; whether the hub accepts it."""
        form = f"{self.room.url}/hub/login"
        self.browser.get(form)
        fields = {"username": self.name, "password": password, "_xsrf": self._xsrf("/hub/")}
        return self.browser.post(form, data=fields, params={"next": "/hub/home"}).url.endswith("/hub/home")

    def follow(self, link):
        """Open an nbgitpuller link in the browser, wait until everything is fetched, and return the path it leads to.

        Starts the student's server, as such a link does.
        """
        deadline = time.monotonic() + SECONDS_TO_START
        page = self.browser.get(link)
        while not page.url.startswith(f"{self.server}/git-pull"):  # "Your server is starting up"
            assert time.monotonic() < deadline, page.url
            time.sleep(0.5)
            page = self.browser.get(link)
        page.raise_for_status()
        events = self.browser.get(page.url.replace("/git-pull", "/git-pull/api")).text  # what the page's script does
        assert '"phase": "finished"' in events, events
        return parse_qs(urlsplit(page.url).query)["urlpath"][0].removeprefix("lab/tree/")

    def run(self, path, sources):
        """Run code cells in a new kernel for the notebook at `path`; return each one's outputs. Stops at no error."""
        model = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = self._ask("POST", f"{self.server}/api/sessions", f"/user/{self.name}/", json=model).json()
        address = f"{self.server}/api/kernels/{session['kernel']['id']}/channels"
        channel = create_connection(
            address.replace("http", "ws", 1), timeout=SECONDS_A_CELL, cookie=self._cookies(address)
        )
        try:
            return [execute(channel, source) for source in sources]
        finally:
            channel.close()
            self._ask("DELETE", f"{self.server}/api/sessions/{session['id']}", f"/user/{self.name}/")

    def _ask(self, method, address, cookie_path, **arguments):
        headers = {"X-XSRFToken": self._xsrf(cookie_path)}
        answer = self.browser.request(method, address, headers=headers, **arguments)
        answer.raise_for_status()
        return answer

    def _xsrf(self, path):
        return self.browser.cookies.get("_xsrf", path=path)

    def _cookies(self, address):
        """The cookies that a browser sends to `address`."""
        return self.browser.prepare_request(requests.Request("GET", address)).headers["Cookie"]


def execute(channel, source):
    """Run one cell in the kernel at the other end of a websocket; return its outputs, as a notebook holds them."""
    content = {"code": source, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    request = Session().msg("execute_request", content) | {"channel": "shell"}
    channel.send(json.dumps(request, default=json_default))
    outputs = []
    while True:
        frame = channel.recv()
        if isinstance(frame, bytes):  # pictures on their way to a lab's widget; nothing that a notebook stores
            continue
        message = json.loads(frame)
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        if message["msg_type"] in OUTPUTS:
            outputs.append(output_from_msg(message))
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return outputs
