# Long because: who reads and who runs is one set of fields, and every change of them has to be seen together.
"""Runs handlers on threads, and decides who reads.

While handlers are quick the main thread does everything: it reads, runs every call of one read in place, and answers with
one write (`lead`). No other thread is involved, as each hand-over costs more than a whole quick call. A sentry looks every
few milliseconds whether the same handler still runs; then the sentry becomes the reader, and calls are spread over threads
(`spread`), until they have been quick again for a while. With nothing to do the sentry sleeps on a lock.
"""
from _thread import allocate_lock, get_ident, start_new_thread
from time import monotonic as clock, sleep

from .call import Cancelled
from .fault import end_of_host, fault
from .frames import ANSWER, SMALL, pack
from .poller import IN
from .reply import reply, send_pieces, without_body
from .worker import FORKED, Worker

TICK = 0.003                     # how often the sentry looks
SLOW = 0.0005                    # a call that takes longer gains more from a thread of its own than that costs
SLOW_ROW, QUICK_ROW = 4, 64      # so many in a row change the way of working


class Crew:
    ahead = 64                   # calls beyond `limit` that are worth having here already

    def __init__(self, board, run, limit, reads_body=None):
        import os
        self.board = board
        self.run = run               # call → answer
        self.reads_body = reads_body # begins a call that reads its body itself; None where bodies are collected first
        self.limit = limit
        self.pending = board.pending
        self.first = Worker(get_ident())   # the main thread
        self.workers = [self.first]
        self.idle = []
        self.lock = allocate_lock()  # guards the change between the two ways
        self.spread = False          # the sentry reads, and calls go to threads
        self.inside = False          # the main thread runs handlers in place
        self.calm = False            # calls are quick again: the main thread may have the reading back
        self.row = 0
        self.asleep = False
        self.bell = allocate_lock()
        self.bell.acquire()
        self.waker, self.nudge = os.pipe()
        board.poller.register(self.waker, IN)
        board.hooks[self.waker] = self.woken
        start_new_thread(self.watch, ())

    # -- the main thread ---------------------------------------------------------------------------------------------

    def lead(self):
        turn, pending = self.board.turn, self.pending
        while True:
            if self.spread:
                self.work(self.first)
            if pending:
                self.in_place()
            if not self.spread:
                turn()

    def in_place(self):
        """Run what has arrived, here and now."""
        me, pending, serve = self.first, self.pending, self.serve
        self.inside = True
        me.turns += 1
        if self.asleep:
            self.ring()
        now = flushed = clock()
        row = 0
        lane = None
        while pending and not self.spread:
            try:
                call = pending.popleft()
            except IndexError:
                break
            me.turns += 1
            if call.conn is not lane:
                if lane is not None:
                    lane.flush()
                lane = call.conn
            before = now
            now = serve(me, call)
            if now - before > SLOW:
                row += 1
                if row == SLOW_ROW:
                    self.part()
            else:
                row = 0
            if now - flushed > SLOW:
                lane.flush()
                flushed = now
        if lane is not None:
            lane.flush()
        with self.lock:
            self.inside = False

    def part(self):
        """Handlers have become slow: leave the reading to the sentry."""
        with self.lock:
            self.spread = True
        self.ring()

    def ring(self):
        self.asleep = False
        try:
            self.bell.release()
        except RuntimeError:         # rung already
            pass

    # -- one call ----------------------------------------------------------------------------------------------------

    def serve(self, me, call):
        """Run a call and collect its answer. Returns the time. An interruption may land anywhere before `settle`."""
        try:
            me.serving = call
            me.call = call
            try:
                if call.cancelled:
                    raise Cancelled
                answer = self.run(call)
                if call.head.startswith(b"HEAD "):
                    answer = without_body(answer)
                if type(answer[3]) is not bytes:
                    answer = send_pieces(self.board, me, call, answer)
            except BaseException as problem:
                me.settle()
                answer = fault(problem)
            me.call = None
            if me.cancelling is not None:
                me.settle()
        except BaseException as problem:
            me.settle()
            answer = fault(problem)
        now = clock()
        me.serving = None
        conn = call.conn
        if answer is not None and not (conn.aside or call.cancelled or call.begun):
            flags, status, head, body = answer
            size = 16 + len(head) + len(body)
            if size <= SMALL:
                conn.out += (pack(size, call.id, ANSWER, flags, status, int((now - call.at) * 1e6), len(head)), head, body)
                return now
        reply(self.board, call, answer)
        return now

    # -- many threads ------------------------------------------------------------------------------------------------

    def work(self, me):
        """Run calls from the queue on this thread. The main thread returns when it is to lead again."""
        first = me is self.first
        while True:
            if not (first and self.calm):
                me.taking = True
                try:
                    call = me.serving = self.pending.popleft()
                except IndexError:
                    call = None
                me.taking = False
                if call is not None:
                    began = clock()
                    took = self.serve(me, call) - began
                    call.conn.flush()
                    self.judge(took)
                    continue
            self.idle.append(me)
            if first and self.calm:
                self.wake()
            elif self.pending and self.leaves_idle(me):
                continue
            me.bell.acquire()
            if first and not self.spread:
                return

    def judge(self, took):
        if took > SLOW:
            self.row = 0
        else:
            self.row += 1
            if self.row >= QUICK_ROW and not self.calm:
                self.calm = True
                self.wake()

    def leaves_idle(self, worker):
        try:
            self.idle.remove(worker)
            return True
        except ValueError:
            return False

    def deal(self):
        """Wake, or make, as many threads as there are calls waiting."""
        for _ in range(min(len(self.pending), self.limit)):
            try:
                worker = self.idle.pop()
            except IndexError:
                if len(self.workers) >= self.limit:
                    return
                worker = Worker()
                self.workers.append(worker)
                try:
                    start_new_thread(self.begin, (worker,))
                except RuntimeError:     # no more threads allowed here: those that are have to do
                    self.workers.remove(worker)
                    return
            else:
                worker.bell.release()

    def begin(self, worker):
        worker.tid = get_ident()
        self.work(worker)

    # -- the sentry --------------------------------------------------------------------------------------------------

    def watch(self):
        try:
            self.keep_watch()
        except BaseException as problem:
            end_of_host(problem)

    def keep_watch(self):
        first = self.first
        while True:
            if self.spread:
                self.read()
            seen = first.turns
            sleep(TICK)
            if self.takes_over(seen):
                continue
            if first.turns == seen and not self.inside:
                self.asleep = True
                if first.turns == seen and not self.spread:
                    self.bell.acquire()
                self.asleep = False

    def takes_over(self, seen):
        with self.lock:
            if self.inside and self.first.turns == seen:
                self.spread = True
        return self.spread

    def read(self):
        """Be the reader, until the main thread can have it back."""
        from .threads import name_main
        name_main(self.first.tid)
        board = self.board
        self.row = 0
        for conn in list(board.conns.values()):
            conn.flush()             # what the main thread had collected before it got stuck
        while True:
            if self.calm and self.hands_back():
                return
            self.deal()
            board.turn()

    def hands_back(self):
        with self.lock:
            if not self.leaves_idle(self.first):
                return False         # it still has a call; it wakes us when it hasn't
            self.spread = self.calm = False
        self.first.bell.release()
        return True

    def wake(self):
        import os
        os.write(self.nudge, b"!")

    def woken(self):
        import os
        os.read(self.waker, 64)

    # -- for whoever cancels or rests --------------------------------------------------------------------------------

    def running(self):
        return [worker.serving for worker in self.workers if worker.serving is not None]

    def somebody_is_taking(self):
        return any(worker.taking for worker in self.workers)

    def interrupt(self, call):
        """True where a worker has the call and will end it.

        A handler that looks at `cancelled` is told by that, and one that reads a body by the body's end.
        """
        for worker in self.workers:
            if worker.serving is call:
                if call.flag is not None or call.input is not None and not call.input.ended:
                    return True
                from .cancel import interrupt
                interrupt(worker, call)
                return True
        return False

    def wind_down(self, board):
        """STOP has come. The reader looks often from now on whether everything has been answered."""
        from .stop import proceed
        board.pause = 0.02
        board.dirty = True
        proceed(board)

    def forked(self):
        """In a child process: only the thread that forked is left, and it is to end after its handler."""
        for worker in self.workers:
            worker.raised = True
            worker.cancelling = FORKED

    def quiet(self):
        """Nothing runs or waits. Where the sentry reads, the main thread is to have the reading back."""
        if self.pending or self.running():
            return False
        self.calm = self.spread
        return True
