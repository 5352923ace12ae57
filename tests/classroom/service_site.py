"""A class at the running service, asked as a person or a program would."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from tests.classroom.classes import Class
from tests.classroom.hub_stand_in import HubStandIn
from tests.classroom.served import Served
from u3edu.classroom.client import ClassroomClient


@dataclass
class Reply:
    status: int
    headers: Any
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Site:
    """The running service, its Hub, and the class as it should be."""

    hub: HubStandIn
    served: Served
    taught: Class

    def ask(self, path: str, token: str = "", body: object = None, **headers: str) -> Reply:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if token:
            headers["Authorization"] = f"token {token}"
        request = urllib.request.Request(self.served.address + path, data=data, headers=headers)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=60) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    @property
    def at(self) -> str:
        return f"api/quizzes/{self.taught.quiz.id}"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def client(site: Site, token: str) -> ClassroomClient:
    return ClassroomClient(site.served.address, token)
