# frozen_string_literal: true

module Wherry
  # A child process that the function makes must not serve: it leaves the sockets, and ends where the handler returns.
  module Forks
    HOST = Process.pid

    def self.child?
      Process.pid != HOST
    end

    def self.guard(board)
      return unless Process.respond_to?(:_fork) # Ruby 3.1; before, a child keeps them open until it ends

      Process.singleton_class.prepend(Module.new do
        define_method(:_fork) { super().tap { |child| board.leave_to_parent if child.zero? } }
      end)
    end
  end
end
