# frozen_string_literal: true

require 'socket'

module Wherry
  # Says in the error of a connection that the function's network does not lead there, and which annotation would: otherwise
  # all that is seen is that a name cannot be looked up. It only adds words; what is open and what is not is decided outside.
  module Denied
    CLOSED = [SocketError, Errno::ENETUNREACH, Errno::EHOSTUNREACH].freeze

    def self.explaining(host, port)
      yield
    rescue *CLOSED => problem
      name = host.to_s.include?(':') ? "[#{host}]" : host
      raise problem.exception("#{problem.message}; this function has no network, " \
                              "to allow it: com.wherry.network: \"#{name}:#{port || 'PORT'}\"")
    end

    # TCPSocket.new and TCPSocket.open.
    module Connecting
      def initialize(host, port, *more, **options)
        Denied.explaining(host, port) { super }
      end
    end

    # Socket.tcp and Addrinfo.getaddrinfo.
    module Resolving
      def tcp(host, port, *more, **options, &block)
        Denied.explaining(host, port) { super }
      end

      def getaddrinfo(host, port = nil, *more, **options)
        Denied.explaining(host, port) { super }
      end
    end

    TCPSocket.prepend(Connecting)
    Socket.singleton_class.prepend(Resolving)
    Addrinfo.singleton_class.prepend(Resolving)
  end
end
