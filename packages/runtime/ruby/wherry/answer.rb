# frozen_string_literal: true

module Wherry
  # What goes back: a head that is ready to be sent, and a body: a String, or what responds to `each` or `call`.
  Answer = Struct.new(:status, :head, :body, :flags) do
    def whole?
      body.is_a?(String)
    end

    # The answer to a HEAD request: the length that the body would have had takes its place.
    def without_body
      length = whole? && flags.nil? && !head.include?('content-length:') ? "content-length:#{body.bytesize}\n" : ''
      body.close if body.respond_to?(:close)
      Answer.new(status, head + length, '', flags)
    end
  end
end
