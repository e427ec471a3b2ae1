# frozen_string_literal: true

module Wherry
  # A request body on its way from the main thread, which reads it, to the function: a few pieces, then the reading pauses.
  class Intake
    FULL = 4 # pieces of up to 64 KiB
    LOW = 1

    def initialize(board, connection)
      @board = board
      @connection = connection
      @pieces = Queue.new
      @cut = @paused = false
    end

    # -- on the main thread

    def <<(piece)
      return if @pieces.closed?

      @pieces << piece
      return if @pieces.size < FULL

      @paused = true
      # Said before it is looked at again: whoever takes the last piece now sees it.
      @paused = @pieces.size > LOW
      @connection.pause(true) if @paused
    end

    def finish
      @pieces.close
    end

    def cut
      return if @pieces.closed?

      @cut = true
      @pieces.close
    end

    # -- on the function's thread

    # The next piece; nil at the end.
    def take
      piece = @pieces.pop
      raise Gone, 'the request body was cut short' if @cut

      if @paused && @pieces.size <= LOW
        @paused = false
        @board.post { @connection.pause(false) }
      end
      piece
    end
  end
end
