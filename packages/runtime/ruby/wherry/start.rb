# frozen_string_literal: true

require 'socket.so' # the sockets themselves; what Ruby's library adds to them is not needed here

# The host's own modules. Nothing here is an interface.
module Wherry
  # From the start of the process to the end of its last turn.
  def self.start(path)
    $stdout.sync = true
    listener = listen(path)
    say_ready
    # Nobody waits now: what a function needs anyway is there before it comes.
    %w[board crew load].each { |name| require_relative name }
    board = Board.new(listener)
    Stop.last_word(board)
    serve(board)
  end

  def self.listen(path)
    UNIXServer.new(path)
  rescue SystemCallError, ArgumentError => problem
    abort "wherry: can't listen on #{path}: #{problem.message}"
  end

  def self.say_ready
    IO.open(3, 'w') { |pipe| pipe.puts %({"protocol":1,"runtime":"ruby","version":"#{RUBY_VERSION}"}) }
  rescue Errno::EPIPE
    abort 'wherry: nobody waits for this host'
  rescue SystemCallError, ArgumentError
    nil # started by hand: nobody waits at descriptor 3
  end

  # What ends the loop is the function's: a signal, `exit` in its trap, an exception that a thread of its own hands on.
  def self.serve(board)
    board.turn while true
  rescue Interrupt
    exit! 130
  rescue SystemExit, SignalException
    raise
  rescue Exception => problem
    Fault.show(problem)
    exit 1
  end
end
