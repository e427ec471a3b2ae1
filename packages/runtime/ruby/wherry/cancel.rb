# frozen_string_literal: true

module Wherry
  # Telling a call that nobody waits for it any more. On the main thread.
  module Cancel
    MOST_OVERTAKEN = 1000 # more than are ever on their way at once

    # CANCEL. A call that isn't found has been answered already, or has not come yet.
    def self.by_id(board, lane, id, aux)
      return if board.crew.nil?
      return aside(board, id) unless aux.zero?

      call = lane.calls[id]
      return if call.nil?

      call.dropped = false
      cancel(board, call)
    end

    # Nobody may be looking at that connection. And it may be slower than the lane: then the call ends as it comes.
    def self.aside(board, id)
      call = board.side_calls[id]
      return call.connection.ended if call

      board.overtaken[id] = true
      board.overtaken.shift if board.overtaken.size > MOST_OVERTAKEN
    end

    def self.cancel(board, call)
      call.cancel
      stream = call.stream
      board.streams.remove(stream) if stream
      # Where a worker has the call, that worker ends it.
      Reply.cancelled(call) if board.crew.withdraw(call) || stream&.whole?
    end
  end
end
