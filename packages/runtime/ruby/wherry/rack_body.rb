# frozen_string_literal: true

require_relative 'conversation'

module Wherry
  # The body of a Rack answer: an array, something with `each`, or something with `call` that is given a stream.
  class RackBody
    # The block is told of the end, and of the exception if there was one.
    def initialize(call, body, &finished)
      @call = call
      @body = body
      @finished = finished
      @problem = nil
    end

    # It is here already, or of a length so small that waiting for it costs nobody anything.
    def whole?(headers)
      return false unless @body.respond_to?(:each)
      return true if @body.respond_to?(:to_ary)

      _, length = headers.find { |name, _| name.to_s.casecmp?('content-length') }
      length.to_s.match?(/\A\d{1,5}\z/) && length.to_i <= Frames::SMALL
    end

    def content
      return joined(@body.to_ary) if @body.respond_to?(:to_ary)

      pieces = []
      @body.each { |piece| pieces << piece }
      joined(pieces)
    ensure
      # What has `to_ary` closes itself.
      @body.respond_to?(:to_ary) ? @finished.call(nil) : close
    end

    def flow(out)
      return @body.each { |piece| out.write(piece) } if @body.respond_to?(:each)

      stream = Conversation.new(@call, out)
      @body.call(stream)
      out.wait_until_finished unless stream.closed?
    rescue Exception => @problem
      raise
    end

    def close
      @body.close if @body.respond_to?(:close)
    ensure
      @finished.call(@problem)
    end

    private

    def joined(pieces)
      pieces.size == 1 ? pieces.first.to_s : pieces.map { |piece| piece.to_s.b }.join
    end
  end
end
