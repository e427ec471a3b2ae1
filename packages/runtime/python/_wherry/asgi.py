"""ASGI applications: every call is a task of one asyncio loop, which also waits for the board's descriptors."""
import asyncio

from .asgi_exchange import Exchange
from .conn import BODY
from .fault import BadAnswer, fault
from .lifespan import Lifespan
from .reply import reply
from .rest import rest

QUIET_AFTER = 2.0
TIME_TO_NOTICE = 1.0             # seconds a cancelled call has for http.disconnect, before its task is cancelled


def start(board, application, limit):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    lifespan = Lifespan(loop, application)
    loop.run_until_complete(lifespan.startup())
    return Crew(board, application, limit, loop, lifespan)


class Crew:
    upgrades = True                  # it can converse by WebSocket

    def __init__(self, board, application, limit, loop, lifespan):
        self.board = board
        self.application = application
        self.limit = limit
        self.loop = loop
        self.lifespan = lifespan
        self.active = {}             # exchange → its task
        self.timer = None
        self.last = 0.0

    def lead(self):
        poller = self.board.poller
        if hasattr(poller, "fileno"):
            self.loop.add_reader(poller.fileno(), self.turn)
        else:
            from _thread import start_new_thread
            start_new_thread(self.relay, ())
        self.admit_waiting()
        self.loop.run_forever()

    def turn(self):
        self.board.take_in(self.board.poller.poll(0))
        if self.board.pending:
            self.admit_waiting()

    def relay(self):
        """Where a poller can't be waited for by the loop itself, this thread does it."""
        from threading import Event
        taken = Event()

        def take(events):
            self.board.take_in(events)
            self.admit_waiting()
            taken.set()

        while True:
            events = self.board.poller.poll(-1)
            taken.clear()
            self.loop.call_soon_threadsafe(take, events)
            taken.wait()

    def admit_waiting(self):
        pending = self.board.pending
        while pending and len(self.active) < self.limit:
            call = pending.popleft()
            self.last = call.at
            exchange = self.exchange(call)
            task = self.active[exchange] = self.loop.create_task(self.run(exchange))
            exchange.task = task
        if self.timer is None and self.active:
            self.timer = self.loop.call_later(QUIET_AFTER, self.look)

    def exchange(self, call):
        if b"pgrade:" in call.head:
            from .asgi_websocket import Conversation, wanted
            if wanted(call.head):
                return Conversation(self, call)
        return Exchange(self, call)

    async def run(self, exchange):
        call = exchange.call
        answer = None
        try:
            await self.application(exchange.scope(), exchange.receive, exchange.send)
            await exchange.complete()
            if not call.ended and not call.cancelled:
                raise BadAnswer("the application returned before its answer was complete")
        except asyncio.CancelledError:
            if not call.cancelled:
                answer = fault(RuntimeError("the call's task was cancelled by the function"))
        except BaseException as problem:
            if not call.cancelled:
                answer = fault(problem)
        if self.board.forked:
            from .stop import leave_child
            leave_child()
        exchange.close()
        del self.active[exchange]
        if not call.ended:
            self.answer(call, answer)
        if self.board.pending:
            self.admit_waiting()

    def answer(self, call, answer):
        conn = call.conn
        if not conn.aside and not conn.out:
            self.loop.call_soon(conn.flush)          # one write for all that this turn of the loop answers
        reply(self.board, call, answer)

    def look(self):
        """Has there been no call for a while?"""
        if self.active or self.board.streams or self.loop.time() - self.last < QUIET_AFTER:
            self.timer = self.loop.call_later(QUIET_AFTER, self.look)
        else:
            self.timer = None
            rest(self.board)

    # -- for side.py: a call whose body follows --------------------------------------------------------------------

    def reads_body(self, board, conn, call):
        from .asgi_exchange import Intake
        from .side import collect
        call.body = bytearray()
        call.input = Intake(conn, call)
        conn.call = call
        conn.become(BODY)
        board.pending.append(call)
        collect(board, conn, conn.rest)

    # -- for whoever cancels, stops or rests -------------------------------------------------------------------------

    def running(self):
        return [exchange.call for exchange in self.active if not exchange.call.ended]

    def somebody_is_taking(self):
        return False

    def interrupt(self, call):
        for exchange, task in self.active.items():
            if exchange.call is call:
                self.loop.call_later(TIME_TO_NOTICE, task.cancel)
                return True
        return False

    def quiet(self):
        return not self.active

    def forked(self):
        pass                         # `run` looks

    def wind_down(self, board):
        """STOP has come: answer what is in flight, let the application shut down, end."""
        self.loop.create_task(self.end(board))

    async def end(self, board):
        from . import stop
        await asyncio.sleep(0.01)    # a SIGTERM handler of the loop's own runs in one of its next turns
        while stop.in_flight(board):
            await asyncio.sleep(0.01)
        await self.lifespan.shutdown()
        stop.finish()
