# frozen_string_literal: true

%w[body content headers lines request].each { |name| require_relative name }

module Wherry
  # Handler#run(body, headers), as OpenFaaS's ruby-http template has it: returns a body, or a body, headers and a status.
  class Http
    def initialize(handler)
      @handler = handler
    end

    def name
      'http'
    end

    def limit(asked)
      asked.positive? ? asked : 8
    end

    def streams_in?
      false
    end

    def call(call)
      result = @handler.run(Body.of(call.body), Headers.new(call))
      body, headers, status = result.is_a?(Array) ? result : [result]
      type, content = Content.of(body)
      answer = Answer.new(status.nil? ? 200 : Lines.status(status), type, content)
      answer.head = Lines.head(pairs(headers), type, call.head? || !answer.whole?) unless headers.nil?
      answer
    end

    private

    def pairs(headers)
      return headers if headers.is_a?(Hash)
      return headers if headers.is_a?(Array) && headers.all? { |pair| pair.is_a?(Array) && pair.size == 2 }

      raise BadAnswer, "the answer can't be sent: run returns [body, headers, status], and its headers are no Hash"
    end
  end
end
