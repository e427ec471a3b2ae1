# frozen_string_literal: true

module Wherry
  # Answers whose heads are out on a lane and whose chunks wait for the connection that fetches them, by number.
  class Streams
    PATIENCE = 10_000_000 # microseconds that one waits to be fetched

    def initialize
      @waiting = {} # number => [stream, until when], the oldest first
      @number = 0
    end

    def add(stream)
      @number = @number % 0xFFFFFFFF + 1
      @waiting[@number] = [stream, Board.now + PATIENCE]
      @number
    end

    def delete(number)
      @waiting.delete(number)&.first
    end

    def remove(stream)
      @waiting.delete_if { |_, (one, _)| one.equal?(stream) }
    end

    # Drops those that nobody came for.
    def forget(now)
      until @waiting.empty?
        number, (stream, deadline) = @waiting.first
        return if deadline > now

        @waiting.delete(number)
        stream.drop
      end
    end

    # Seconds until one of them is to be dropped.
    def patience
      return if @waiting.empty?

      [(@waiting.each_value.first.last - Board.now) / 1e6, 0].max
    end
  end
end
