# frozen_string_literal: true

%w[input lines rack_body request].each { |name| require_relative name }

module Wherry
  # An application of Rack (its SPEC, version 3, and what version 2 had otherwise): `call(env)` returns status, headers, body.
  class RackApp
    SERVER = {
      'rack.version' => [3, 0].freeze, 'rack.errors' => STDERR, 'rack.multithread' => true, 'rack.multiprocess' => false,
      'rack.run_once' => false, 'rack.hijack?' => false
    }.freeze

    def initialize(application)
      @application = application
    end

    def name
      'rack'
    end

    def limit(asked)
      asked.positive? ? asked : 8
    end

    def streams_in?
      true
    end

    def call(call)
      env = environment(call)
      status, headers, body = ask(env)
      answer(call, env, status, headers, body)
    end

    private

    def ask(env)
      @application.call(env)
    rescue Exception => problem
      finished(env, nil, nil, problem)
      raise
    end

    def environment(call)
      env = Request.variables(call).update(SERVER)
      place(env)
      env['rack.input'] = call.intake ? streaming(Input.new(''.b, call.intake)) : Input::Held.new(call.body)
      env['CONTENT_LENGTH'] ||= call.body.bytesize.to_s unless call.intake || call.body.empty?
      env['rack.response_finished'] = []
      env['wherry.cancelled'] = call.cancellation
      env
    end

    # Rack 2 wants to read bodies again, and has something for those that can't be.
    def streaming(input)
      return input unless defined?(::Rack::RewindableInput) && ::Rack.release < '3'

      ::Rack::RewindableInput.new(input)
    end

    # Who called, and by which address, as the gateway's headers tell it.
    def place(env)
      secure = env['HTTP_X_FORWARDED_PROTO'] == 'https'
      env['rack.url_scheme'] = secure ? 'https' : 'http'
      name, port = env['HTTP_HOST'].to_s.match(/\A(.*?)(?::(\d+))?\z/m).captures
      env['SERVER_NAME'] = name.empty? ? 'localhost' : name
      env['SERVER_PORT'] = port || (secure ? '443' : '80')
      env['REMOTE_ADDR'] = env['HTTP_X_FORWARDED_FOR'].to_s[/[^,]+\z/]&.strip || '127.0.0.1'
    end

    def answer(call, env, status, headers, body)
      body = RackBody.new(call, body) { |problem| finished(env, status, headers, problem) }
      whole = body.whole?(headers)
      head = Lines.head(pairs(headers), '', !whole || call.head?)
      Answer.new(Lines.status(status), head, whole ? body.content : body)
    rescue BadAnswer
      body.close
      raise
    end

    def finished(env, status, headers, problem)
      Array(env['rack.response_finished']).reverse_each { |told| told.call(env, status, headers, problem) }
    end

    # Several values are a list in Rack 3 and lines of one text in Rack 2; names with `rack.` are for the server.
    def pairs(headers)
      headers.filter_map do |name, value|
        next if name.to_s.start_with?('rack.')

        [name, value.is_a?(String) && value.include?("\n") ? value.split("\n") : value]
      end
    end
  end
end
