# frozen_string_literal: true

module Wherry
  # The end: SIGTERM for the function and its children, what is in flight is answered, then the process exits with 0.
  module Stop
    CHILDREN_HAVE = 2 # seconds to end after their SIGTERM; the gateway kills what is left anyway

    # `at_exit` blocks run in reverse order, so the first one has the last word: threads that go on are not waited for.
    def self.last_word(board)
      at_exit { exit! true if board.stopping && !Forks.child? }
    end

    def self.stop(board)
      return if board.stopping

      board.stopping = true
      @children = signal_children(board.crew && board.contained)
      signal_function
      proceed(board)
    end

    # Ends if nothing is in flight any more.
    def self.proceed(board)
      return if board.in_flight?

      wait_for_children if @children
      exit 0
    end

    # Ruby runs the function's trap before `kill` returns. Without one the signal would end everything at once.
    def self.signal_function
      trap = Signal.trap('TERM', 'IGNORE')
      Signal.trap('TERM', trap || 'DEFAULT')
      Process.kill('TERM', Process.pid) if trap.respond_to?(:call)
    rescue SystemExit, SignalException
      nil # it would end the process, as is meant anyway
    rescue Exception => problem
      Fault.show(problem)
    end

    # True where there are any.
    def self.signal_children(contained)
      return Process.kill('TERM', -1) if contained # everyone in our process namespace but ourselves

      children = Dir.glob('/proc/self/task/*/children').flat_map { |file| File.read(file).split }
      children.each { |child| Process.kill('TERM', child.to_i) }
      children.any?
    rescue SystemCallError
      false
    end

    def self.wait_for_children
      deadline = Board.now + CHILDREN_HAVE * 1_000_000
      while Board.now < deadline
        sleep 0.01 if Process.wait(-1, Process::WNOHANG).nil?
      end
    rescue Errno::ECHILD
      nil # none is left
    end
  end
end
