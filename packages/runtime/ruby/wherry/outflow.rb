# frozen_string_literal: true

module Wherry
  # An answer that the function makes piece by piece, on the thread that runs it.
  class Outflow
    attr_reader :call

    def initialize(board, call, answer)
      @board = board
      @call = call
      @answer = answer
      @arrivals = Queue.new # of the connection that fetches it
      @endings = Queue.new # closed when the function has said all
    end

    def whole?
      false
    end

    # -- on the main thread

    def fetched(connection)
      @connection = connection
      @arrivals << connection
    end

    # Nobody waits for it: what blocks in writing comes back with an error.
    def drop
      @arrivals.close
      @endings.close
      connection&.shut(:RDWR)
    end

    # Where it goes, if that is known.
    def connection
      @call.aside? ? @call.connection : @connection
    end

    # -- on the function's thread

    # Sends the head, and then what `source` makes.
    def run
      @call.stream = self
      @call.begun = true
      head
      yield self
      write_raw(Frames::LAST_CHUNK)
      @call.ended = true
    end

    def write(piece)
      piece = piece.to_s
      write_raw([piece.bytesize].pack('N'), piece) unless piece.empty?
    end

    # For a function that goes on writing on another thread.
    def wait_until_finished
      @endings.pop
    end

    def finish
      @endings.close
    end

    private

    def head
      return @board.post { Reply.head_on_lane(@board, @call, @answer) unless @call.cancelled? } unless @call.aside?

      write_raw(Reply.frame(Frames::HEAD, @call, @answer, Frames::STREAM))
    end

    def write_raw(*data)
      raise Gone if @call.cancelled?

      # The first piece is made while the head is on its way.
      @open ||= @call.aside? ? @call.connection : @arrivals.pop || raise(Gone)
      @open.socket.write(*data)
    rescue Gone
      raise
    rescue SystemCallError, IOError
      raise Gone
    end
  end
end
