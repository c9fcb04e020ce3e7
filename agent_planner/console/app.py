# SPDX-License-Identifier: Apache-2.0
"""The console's server: a page, a session, and what passes between page and robot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from agent_planner.console.camera import serve_camera
from agent_planner.console.guard import Guard, Names
from agent_planner.console.history import episode_events, episode_rows
from agent_planner.console.hub import Hub
from agent_planner.console.map_picture import map_png
from agent_planner.console.page_link import PageLink
from agent_planner.console.robot import Robot
from agent_planner.console.sessions import COOKIE, Refusal, Sessions
from agent_planner.errors import ConfigError

PAGE = Path(__file__).with_name("page")
_STATUS = {Refusal.TOO_MANY: 429, Refusal.NONCE: 409, Refusal.TOKEN: 401}


class Opening(BaseModel):
    """What begins a session."""

    token: str = Field(max_length=1000)
    nonce: str = Field(max_length=100)


def console_app(robot: Robot, token: str, names: Names, once: str | None = None, page: Path = PAGE) -> FastAPI:
    """The application.

    Args:
        robot: what it shows and moves.
        token: begins a session.
        names: of this server.
        once: as for `Sessions`.
        page: folder of the page's files.
    """
    hub, sessions = Hub(robot), Sessions(token, once)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with hub.running():
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.add_middleware(Guard, names=names)
    app.mount("/page", StaticFiles(directory=page))
    app.add_api_route("/", lambda: FileResponse(page / "index.html"), include_in_schema=False)
    _add_session(app, hub, sessions)
    _add_records(app, robot, sessions)
    _add_sockets(app, hub, sessions)
    return app


def _cookie_name(connection: HTTPConnection) -> str:
    """Browsers keep one jar for all ports of a host, and each robot's console has a port of its own."""
    return f"{COOKIE}_{connection.url.port or 80}"


def _signed_in(sessions: Sessions) -> Any:
    async def cookie(request: Request) -> str:
        given = request.cookies.get(_cookie_name(request))
        if given is None or not sessions.holds(given):
            raise HTTPException(401, "sign in first: open the link that was printed when the console was started")
        return given

    return Depends(cookie)


def _add_session(app: FastAPI, hub: Hub, sessions: Sessions) -> None:
    signed_in = _signed_in(sessions)

    @app.get("/session/nonce")
    async def nonce() -> dict[str, str]:
        return {"nonce": sessions.nonce()}

    @app.post("/session", status_code=204)
    async def begin(opening: Opening, request: Request, response: Response) -> None:
        begun = sessions.begin(opening.token, opening.nonce, request.client.host if request.client else "")
        if isinstance(begun, Refusal):
            raise HTTPException(_STATUS[begun], begun.value)
        secure = request.url.scheme == "https"
        response.set_cookie(_cookie_name(request), begun, path="/", httponly=True, samesite="strict", secure=secure)

    @app.get("/session", status_code=204, dependencies=[signed_in])
    async def session() -> None:
        """Whether there is one."""

    @app.delete("/session", status_code=204)
    async def end(cookie: Annotated[str, signed_in], request: Request, response: Response) -> None:
        sessions.end(cookie)
        hub.end_session(cookie)
        response.delete_cookie(_cookie_name(request), path="/", httponly=True, samesite="strict")

    # In the thread of the loop, as everything that must not wait for a free one; and no body is waited for.
    @app.post("/stop", status_code=202, dependencies=[signed_in])
    async def stop(reason: str = "") -> dict[str, Any]:
        answer = hub.robot.stop(reason)
        return {"ok": answer.ok, "message": answer.message}


def _add_records(app: FastAPI, robot: Robot, sessions: Sessions) -> None:
    signed_in = _signed_in(sessions)

    @app.get("/episodes", dependencies=[signed_in])
    def episodes() -> list[dict[str, Any]]:
        return episode_rows(robot.runs)

    @app.get("/episodes/{episode_id}", dependencies=[signed_in])
    def episode(episode_id: str) -> list[dict[str, Any]]:
        try:
            found = episode_events(robot.runs, episode_id)
        except ConfigError as error:
            raise HTTPException(500, str(error)) from error
        if found is None:
            raise HTTPException(404, "there is no such episode on this machine")
        return found

    @app.get("/map.png", dependencies=[signed_in])
    def map_() -> Response:
        grid = robot.grid()
        if grid is None:
            raise HTTPException(404, "no map was heard of")
        return Response(map_png(grid), media_type="image/png")


def _add_sockets(app: FastAPI, hub: Hub, sessions: Sessions) -> None:
    async def admitted(socket: WebSocket) -> str | None:
        cookie = socket.cookies.get(_cookie_name(socket))
        if cookie is None or not sessions.holds(cookie):
            # Before it is accepted this is HTTP 403.
            await socket.close(4401)
            return None
        await socket.accept()
        return cookie

    @app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        if (cookie := await admitted(socket)) is not None:
            await PageLink(socket, hub, cookie).serve()

    @app.websocket("/camera")
    async def camera(socket: WebSocket) -> None:
        if (cookie := await admitted(socket)) is not None:
            with suppress(WebSocketDisconnect):
                await serve_camera(socket, hub, lambda: sessions.holds(cookie))
