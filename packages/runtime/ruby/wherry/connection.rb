# frozen_string_literal: true

require_relative 'side'

module Wherry
  # One connection of the gateway. Only the main thread reads and closes it; any thread may put frames into `out` and flush.
  class Connection
    include Side

    attr_reader :socket, :calls, :out, :aside

    def initialize(socket, board)
      @socket = socket
      @board = board
      @calls = {} # open calls that came by it, by id
      @out = [] # frames that are to be written
      @writing = Mutex.new
      @rest = String.new # the beginning of a frame or chunk whose end hasn't arrived
      @state = :frames # then, on a side connection: :body, :run, and :frames again; or :drain; at the end :over
      @aside = @closed = @paused = false
    end

    def watched?
      @state != :over && !@paused
    end

    def become(state)
      @state = state
      @board.look_again
    end

    # Something has arrived: bytes, or the end.
    def receive(now)
      data = @socket.read_nonblock(Frames::SMALL, @board.buffer, exception: false)
      return if data == :wait_readable
      return ended if data.nil?

      case @state
      when :frames then frames(joined(data), now)
      when :body then body(joined(data))
      when :run then early(data)
      end
    rescue SystemCallError, IOError
      ended
    end

    # Writes all that is in `out`. Where another thread is writing already, it takes ours along.
    def flush
      until @out.empty?
        return unless @writing.try_lock

        begin
          write(@out.shift(@out.size).join)
        rescue SystemCallError, IOError
          @out.clear # the main thread finds the end by itself
        ensure
          @writing.unlock
        end
      end
    end

    def forget(call)
      @calls.delete(call.id)
      @board.side_calls.delete(call.id) if @aside
    end

    # The connection has ended, or must: with it all that came by it.
    def lost
      return if @closed

      @closed = true
      become(:over)
      @board.remove(self)
      @socket.close
      @calls.each_value.to_a.each { |call| Cancel.cancel(@board, call) }
    end

    def shut(how)
      @socket.shutdown(how)
    rescue SystemCallError, IOError
      nil
    end

    private

    # Mostly there is room. Then this is done without giving other threads their turn, which costs more than the write.
    def write(data)
      sent = @socket.write_nonblock(data, exception: false)
      sent = 0 if sent == :wait_writable
      @socket.write(data.byteslice(sent..-1)) if sent < data.bytesize
    end

    # The last piece of an answer is written by the function's thread; its reader may be quicker with the next call than
    # that thread is with the news.
    def early(data)
      @rest << data
      ended if @rest.bytesize > Frames::SMALL
    end

    def joined(data)
      return data if @rest.empty?

      data = @rest << data
      @rest = String.new
      data
    end

    def frames(data, now)
      at = 0
      while data.bytesize - at >= Frames::HEADER_SIZE
        size, id, type, flags, _, aux, head_size = data.byteslice(at, Frames::HEADER_SIZE).unpack(Frames::HEADER)
        return lost if size > Frames::LARGEST || head_size + 16 > size

        following = at + 4 + size
        break if following > data.bytesize

        head = data.byteslice(at + Frames::HEADER_SIZE, head_size)
        middle = at + Frames::HEADER_SIZE + head_size
        at = following
        if type == Frames::CALL && flags & Frames::STREAM == 0
          call(Call.new(self, id, head, data.byteslice(middle, following - middle), now))
        elsif type == Frames::CALL || type == Frames::FETCH
          return side(type, data.byteslice(at..-1), aux, Call.new(self, id, head, nil, now))
        else
          other(type, id, head, aux)
        end
      end
      @rest << data.byteslice(at..-1) if at < data.bytesize
      flush
    end

    def call(call)
      return refuse(call) if @board.crew.nil?

      @board.dirty = true
      @calls[call.id] = call
      @board.crew.admit(call)
    end

    def refuse(call)
      body = 'no function has been loaded'
      @out << Frames.frame(Frames::ANSWER, call.id, Frames::FAULT, 500, 0, Fault::TEXT, body)
    end

    # The rarer frames.
    def other(type, id, head, aux)
      case type
      when Frames::PING then @out << Frames.frame(Frames::PONG, id)
      when Frames::CANCEL then Cancel.by_id(@board, self, id, aux)
      when Frames::LOAD then @out << Frames.frame(Frames::LOADED, id, 0, 0, 0, Load.answer(@board, head))
      when Frames::STOP then Stop.stop(@board)
      end
    end
  end
end
