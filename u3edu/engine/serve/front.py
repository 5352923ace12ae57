"""What takes the requests: asks who calls, how often, and for what, and passes them to a model."""

import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ray.exceptions import RayError
from ray.serve.exceptions import BackPressureError
from ray.serve.handle import DeploymentHandle
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from u3edu.engine.serve.limits import RateLimits
from u3edu.engine.serve.settings import EngineSettings
from u3edu.engine.serve.tokens import HubAway, RefusedToken, TokenChecks
from u3edu.engine.wire import BoxReply, BoxRequest, MalformedMessage, ModelInfo

logger = logging.getLogger("ray.serve")


@dataclass(frozen=True)
class _Refusal(Exception):
    """An answer that is not what was asked for."""

    status: int
    message: str
    retry_after: float | None = None

    def response(self) -> Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(math.ceil(self.retry_after))}
        return JSONResponse({"error": self.message}, self.status, headers)


class Front:
    """The application's door; it needs neither torch nor a GPU.

    Parameters
    ----------
    settings : EngineSettings
    models : Mapping
        Handles of the deployments, by the SHA-256 of their weights.
    """

    def __init__(self, settings: EngineSettings, models: Mapping[str, DeploymentHandle[Any]]) -> None:
        self._tokens = TokenChecks(os.environ.get("U3EDU_ENGINE_TOKEN", ""), settings.hub_api_url)
        self._limits = RateLimits(settings.requests_per_second, settings.burst)
        self._models = models
        self._infos: dict[str, ModelInfo] = {}
        # One label a byte; zlib never makes more of it than this.
        self._largest_body = settings.largest_side**2 + settings.largest_side**2 // 1000 + 2048

    async def __call__(self, request: Request) -> Response:
        """Answer a request; every refusal says what was wrong, as JSON with one key, ``error``."""
        if request.url.path == "/health":
            return PlainTextResponse("ok")
        try:
            return await self._answer(request)
        except _Refusal as refusal:
            return refusal.response()

    async def _answer(self, request: Request) -> Response:
        await self._admit(request)
        match request.method, request.url.path.strip("/").split("/"):
            case "GET", ["v1", "models", weights]:
                return Response((await self._info(weights)).model_dump_json(), media_type="application/json")
            case "POST", ["v1", "models", weights, "boxes"]:
                info = await self._info(weights)
                body = await self._body(request)
                try:
                    asked = BoxRequest.from_bytes(body, info)
                except MalformedMessage as error:
                    raise _Refusal(400, str(error)) from error
                pixels = await self._of_model(weights, "draw", asked)
                return Response(BoxReply(asked.box, pixels).to_bytes(), media_type="application/octet-stream")
        raise _Refusal(
            404,
            "there is GET /health, GET /v1/models/WEIGHTS and POST /v1/models/WEIGHTS/boxes; "
            f"not {request.method} {request.url.path}",
        )

    async def _admit(self, request: Request) -> None:
        """Refuse a call without a token, and one too many."""
        address = request.client.host if request.client else "unknown"
        try:
            user = await self._tokens.user_of(request.headers.get("authorization", ""), address)
        except RefusedToken as error:
            raise _Refusal(401, str(error)) from error
        except HubAway as error:
            raise _Refusal(503, str(error), retry_after=5) from error
        wait = self._limits.wait_for(user)
        if wait > 0:
            raise _Refusal(429, f"more requests than one user may make; try again in {wait:.1f} s", wait)

    async def _info(self, weights: str) -> ModelInfo:
        if weights not in self._models:
            raise _Refusal(
                409,
                f"the notebook's weights are others than the service's ({weights[:12]} is not among "
                f"{', '.join(sorted(known[:12] for known in self._models))}); update whichever is older",
            )
        if weights not in self._infos:
            self._infos[weights] = await self._of_model(weights, "info")
        return self._infos[weights]

    async def _of_model(self, weights: str, method: str, *arguments: Any) -> Any:
        """What a replica answers; another is asked once if one dies meanwhile."""
        for attempt in range(2):
            try:
                return await getattr(self._models[weights], method).remote(*arguments)
            except BackPressureError as error:
                raise _Refusal(503, "the service is busy", retry_after=1) from error
            except RayError as error:
                logger.warning("a replica did not answer (attempt %d): %s", attempt + 1, error)
        raise _Refusal(503, "no replica answers", retry_after=2)

    async def _body(self, request: Request) -> bytes:
        """The whole body, if it is not too large; the rest of one that is stays unread."""
        too_large = _Refusal(413, f"a request has at most {self._largest_body} bytes")
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._largest_body:
            raise too_large
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._largest_body:
                    raise too_large
        except ClientDisconnect as error:
            raise _Refusal(400, "the request broke off") from error
        return bytes(body)
