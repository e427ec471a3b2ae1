# frozen_string_literal: true

module Wherry
  # Nobody waits for the answer any more. Raised where the function writes to somebody who has gone.
  class Gone < IOError
    def initialize(message = 'nobody waits for the answer any more')
      super
    end
  end

  # One call, from its frame to its answer.
  class Call
    attr_reader :connection, :id, :head, :at
    attr_accessor :body, :intake, :stream, :begun, :ended, :dropped

    # `head`: request line and header lines, as bytes. `at`: microseconds on the clock when its frame arrived.
    def initialize(connection, id, head, body, at)
      @connection = connection
      @id = id
      @head = head
      @body = body
      @at = at
      @intake = nil # its request body, where the function reads that as it arrives
      @stream = nil # its answer, where that goes by a connection of its own
      @begun = @ended = false # the head of a streamed answer is out; its last chunk is
      @dropped = false # over with the connection that fetched its answer: nobody expects a DONE
      @cancelled = false
    end

    def aside?
      @connection.aside
    end

    # It wants to know what the answer would be, without its body.
    def head?
      @head.start_with?('HEAD ')
    end

    def cancelled?
      @cancelled
    end

    # Tells whoever waits within the function that nobody waits for it.
    def cancel
      @cancelled = true
      @cancellation&.tell
      @intake&.cut
      @stream&.drop
    end

    # What the function asks and waits for.
    def cancellation
      @cancellation ||= Cancellation.new(self)
    end

    # Its id is free for another.
    def forget
      @connection.forget(self)
    end
  end

  # Says whether a call is cancelled, and wakes who waits for that.
  class Cancellation
    def initialize(call)
      @call = call
      @mutex = Mutex.new
      @told = ConditionVariable.new
    end

    def cancelled?
      @call.cancelled?
    end

    # Waits until the call is cancelled, or for so many seconds. True where it is.
    def wait(seconds = nil)
      deadline = seconds && Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
      @mutex.synchronize do
        until cancelled?
          left = deadline && deadline - Process.clock_gettime(Process::CLOCK_MONOTONIC)
          break if left&.negative?

          @told.wait(@mutex, left)
        end
      end
      cancelled?
    end

    def tell
      @mutex.synchronize { @told.broadcast }
    end
  end
end
