# frozen_string_literal: true

%w[call connection fault frames rest stop streams].each { |name| require_relative name }

module Wherry
  # The switchboard, turned by the main thread: it alone accepts, reads and closes connections, and it never waits for the
  # function. So a busy function still hears PING, CANCEL and STOP, and Ruby, which runs traps on this thread, its signals.
  class Board
    QUIET = 2 # seconds without a call, then memory is given back
    IMPATIENT = 0.02 # how often to look, once STOP has come, whether everything has been answered

    attr_reader :connections, :streams, :side_calls, :overtaken, :buffer
    attr_accessor :crew, :contained, :stopping, :dirty

    def initialize(listener)
      @listener = listener
      @connections = {}.compare_by_identity # socket => Connection
      @streams = Streams.new
      @side_calls = {} # open calls that came by side connections, by id
      @overtaken = {} # ids of cancelled calls that have not come yet
      @sending = [] # sockets with something left to write
      @buffer = String.new(capacity: Frames::SMALL) # what is read at once, from any of them
      @mail = Queue.new
      @letterbox, @slot = IO.pipe
      @stopping = false
      @dirty = false # there were calls since memory was last given back
    end

    # Waits until something arrives, and takes it in.
    def turn
      readable, writable = IO.select(watched, @sending, nil, patience)
      now = Board.now
      @streams.forget(now)
      return rest if readable.nil?

      writable.each { |socket| @connections[socket]&.send_more }
      readable.each { |socket| take_in(socket, now) }
      @crew&.rouse
    end

    # Microseconds.
    def self.now
      Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
    end

    # Has the block run on the main thread.
    def post(&letter)
      @mail << letter
      @slot.write_nonblock('!', exception: false)
    end

    # What is to be watched has changed.
    def look_again
      @watched = nil
    end

    def sending(socket, more)
      more ? @sending |= [socket] : @sending -= [socket]
    end

    def remove(connection)
      @connections.delete(connection.socket)
      sending(connection.socket, false)
      look_again
    end

    def in_flight?
      connections.each_value.any? { |connection| connection.calls.any? || connection.unfinished? }
    end

    # In a child process that the function made: nothing of this is the child's.
    def leave_to_parent
      [@listener, @letterbox, @slot, *@connections.keys].each(&:close)
    end

    private

    def watched
      @watched ||= [@letterbox, @listener] + @connections.each_value.select(&:watched?).map(&:socket)
    end

    def patience
      return IMPATIENT if @stopping

      @streams.patience || (QUIET if @dirty)
    end

    def take_in(socket, now)
      if socket.equal?(@listener) then accept
      elsif socket.equal?(@letterbox) then deliver
      else @connections[socket]&.receive(now)
      end
    end

    def accept
      socket = @listener.accept
      socket.sync = true
      @connections[socket] = Connection.new(socket, self)
      look_again
    end

    def deliver
      @letterbox.read_nonblock(4096, exception: false)
      @mail.pop.call until @mail.empty?
    end

    # Nothing has arrived for a while.
    def rest
      return Stop.proceed(self) if @stopping
      return if in_flight?

      @dirty = false
      Rest.rest
    end
  end
end
