# frozen_string_literal: true

require_relative 'intake'

module Wherry
  # What a connection is besides the lane: bodies that are too large for it, and answers that stream. All on the main thread.
  module Side
    MOST = 16 << 20 # bytes of a body that are held for a handler which wants all of it at once
    TOO_LARGE = 'this function takes request bodies of up to 16 MiB; ' \
                'a rack application can read larger ones piece by piece'

    # More is to be written, or the request's body goes on.
    def unfinished?
      !@unsent.nil? || !@out.empty? || %i[body run].include?(@state)
    end

    # The first frame of its kind: a call whose body follows, or the fetching of an answer.
    def side(type, rest, number, call)
      @aside = true
      if type == Frames::FETCH then fetch(number, rest)
      elsif @board.crew.nil? then lost
      elsif @board.overtaken.delete(call.id) then hang_up
      else begin_call(call, rest)
      end
    end

    # Writes without waiting for the reader; runs the block once all is written.
    def send_all(data, &after)
      @unsent = data
      @after = after
      send_more
    end

    def send_more
      sent = @socket.write_nonblock(@unsent, exception: false)
      @unsent = @unsent.byteslice(sent..-1) unless sent == :wait_writable
      return @board.sending(@socket, true) unless @unsent.empty?

      @board.sending(@socket, false)
      @unsent = nil
      @after.call
    rescue SystemCallError, IOError
      ended
    end

    # Sends the whole answer to the call that came by it.
    def answer(data)
      @call = nil
      become(:drain) unless @whole
      send_all(data) { rested }
    end

    # The answer is out. If the request's body has ended too, the next call may come.
    def rested
      @call = nil
      return hang_up unless @whole

      become(:frames)
      frames(joined(''), Board.now)
    end

    # Says no more; what still arrives belongs to nobody.
    def hang_up
      @call = nil
      @paused = false
      become(:drain)
      shut(:WR)
    end

    # The body arrives faster than the function takes it.
    def pause(paused)
      @paused = paused
      @board.look_again
    end

    # The gateway has ended its half, or everything.
    def ended
      call = @call
      return lost if call.nil? || @state == :drain

      become(:over)
      # Who ends the connection that fetches expects no DONE; who has sent CANCEL before does.
      call.dropped = !call.connection.equal?(self) unless call.cancelled?
      return Cancel.cancel(@board, call) if @whole
      return call.cancel if call.intake # the function finds the body cut short

      call.forget # its handler never hears of it
      lost
    end

    private

    def begin_call(call, rest)
      @board.dirty = true
      @call = @calls[call.id] = @board.side_calls[call.id] = call
      @whole = false
      @left = 0
      become(:body)
      if @board.crew.streams_in?
        call.intake = Intake.new(@board, self)
        @board.crew.admit(call)
      else
        call.body = String.new
      end
      body(rest)
    end

    # Chunks, cut anywhere.
    def body(data)
      at = 0
      until @whole
        if @left.positive?
          part = data.byteslice(at, @left)
          at += part.bytesize
          @left -= part.bytesize
          take(part) unless part.empty?
          break if @left.positive? || @state != :body
        end
        break if data.bytesize - at < 4

        @left = data.byteslice(at, 4).unpack1('N')
        at += 4
        @whole = @left.zero?
      end
      @rest << data.byteslice(at..-1) if @state == :body && at < data.bytesize
      complete if @whole && @state == :body
    end

    def take(part)
      return @call.intake << part if @call.intake

      @call.body << part
      return if @call.body.bytesize <= MOST

      call = @call
      call.body = nil
      call.forget
      Reply.send_whole(call, Answer.new(413, Fault::TEXT, TOO_LARGE))
    end

    def complete
      become(:run)
      return @call.intake.finish if @call.intake

      @board.crew.admit(@call)
    end

    def fetch(number, rest)
      stream = @board.streams.delete(number)
      return lost if stream.nil? || !rest.empty?

      @call = stream.call
      @whole = true
      become(:run)
      stream.fetched(self)
    end
  end
end
