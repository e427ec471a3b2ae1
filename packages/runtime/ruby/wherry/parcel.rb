# frozen_string_literal: true

module Wherry
  # A whole answer that is too large for the lane and waits to be fetched.
  class Parcel
    attr_reader :call

    def self.with_length(answer)
      return answer if answer.head.include?('content-length:')

      Answer.new(answer.status, "#{answer.head}content-length:#{answer.body.bytesize}\n", answer.body, answer.flags)
    end

    def initialize(call, answer)
      @call = call
      @data = Frames.chunks(answer.body)
    end

    def whole?
      true
    end

    def fetched(connection)
      @connection = connection
      connection.send_all(@data) do
        @call.forget
        connection.rested
      end
    end

    # Nobody waits for it.
    def drop
      @call.forget
      @connection&.lost
    end
  end
end
