# frozen_string_literal: true

require_relative 'request'

module Wherry
  # The request's headers and what else OpenFaaS's ruby-http template hands over with them: CGI's and Rack's variables, such
  # as REQUEST_METHOD and HTTP_X_CALL_ID. They are also found by the names that headers have (`X-Call-Id`, in any case) and
  # by those that OpenFaaS's watchdogs give them (Http_Method, Http_Path, Http_Query, Http_X_Call_Id).
  class Headers < Hash
    PLACES = { 'Http_Method' => 'REQUEST_METHOD', 'Http_Path' => 'PATH_INFO', 'Http_Query' => 'QUERY_STRING' }.freeze
    BY_OTHER_NAME = proc do |headers, name|
      value = headers.own(headers.other_name(name))
      name == 'Http_Path' ? Request.decode(value) : value
    end

    def initialize(call)
      super()
      @call = call
      Request.variables(call, self)
      self.default_proc = BY_OTHER_NAME
    end

    # Tells whether anybody still waits for the answer: `cancelled?`, and `wait`, which returns when nobody does.
    def cancelled
      @call.cancellation
    end

    def cancelled?
      @call.cancelled?
    end

    alias own? key?

    def key?(name)
      own?(name) || !other_name(name).nil?
    end
    alias has_key? key?
    alias include? key?
    alias member? key?

    def fetch(name, *default)
      return self[name] if key?(name)

      super
    end

    # What it has by just this name.
    def own(name)
      self[name] if own?(name)
    end

    def other_name(name)
      return PLACES[name] if PLACES.key?(name)

      key = name.to_s.upcase.tr('-', '_')
      [key, "HTTP_#{key}", key.delete_prefix('HTTP_')].find { |one| own?(one) }
    end
  end
end
