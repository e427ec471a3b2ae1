# frozen_string_literal: true

%w[cancel forks reply].each { |name| require_relative name }

module Wherry
  # Runs handlers on threads: as many as there are calls that wait for something, up to a limit.
  #
  # Ruby runs one thread at a time and passes its lock on when that thread waits. So one more worker is always kept roused,
  # waiting for the lock: it comes in the moment a handler blocks, and not before. While handlers are quick, one worker runs
  # all the calls of one read and writes their answers at once.
  class Crew
    AHEAD = 64 # calls beyond the limit that are worth having here already
    LONG = 500 # microseconds after which answers are not kept back for the sake of one write

    attr_reader :limit

    def initialize(board, signature, limit)
      @board = board
      @signature = signature
      @limit = limit
      @pending = []
      @workers = []
      @bell = Queue.new # what free workers sleep on
    end

    # -- on the main thread

    def admit(call)
      @pending << call
    end

    # Takes back a call that nobody has begun.
    def withdraw(call)
      !@pending.delete(call).nil?
    end

    # Bodies are read by the function itself, piece by piece.
    def streams_in?
      @signature.streams_in?
    end

    # Sees to it that somebody comes for the calls that wait.
    def rouse
      return if @pending.empty? || !@bell.empty?

      @bell << true # where all have their hands full, whoever gets free hears it
      hire if @bell.num_waiting.zero?
    end

    private

    def hire
      @workers << Thread.new { work } if @workers.size < @limit
    rescue ThreadError
      nil # no more threads allowed here: those that are have to do
    end

    def work
      Thread.current.report_on_exception = false
      while @bell.pop
        flush # a worker that waits may have kept answers back
        run_pending
      end
    rescue Exception => problem
      Fault.end_of_host(problem)
    ensure
      # The handler has ended its thread.
      @workers.delete(Thread.current)
      flush
      rouse
    end

    # Whoever is on the way flushes first: what was answered before that may be kept back.
    def somebody_comes?
      !@bell.empty? && @bell.num_waiting.positive?
    end

    def run_pending
      flushed = Board.now
      while (call = @pending.shift)
        rouse
        serve(call)
        now = Board.now
        next if now - flushed < LONG && !@pending.empty? && somebody_comes?

        call.connection.flush
        flushed = now
      end
      flush
    end

    def serve(call)
      answer = @signature.call(call)
      answer = answer.without_body if call.head?
      stream(call, answer) unless answer.whole?
    rescue Exception => problem
      answer = Fault.answer(problem)
    ensure
      exit! true if Forks.child? # a child that the handler made has come to its end
      answer ||= Fault.answer(BadAnswer.new('the handler ended its thread'))
      Reply.finish(@board, call, answer)
    end

    def stream(call, answer)
      Outflow.new(@board, call, answer).run { |out| answer.body.flow(out) }
    ensure
      answer.body.close
    end

    def flush
      @board.connections.values.each(&:flush) # a copy: the main thread may add one meanwhile
    end
  end
end
