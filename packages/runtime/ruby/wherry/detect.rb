# frozen_string_literal: true

%w[classic http rack].each { |name| require_relative name }

module Wherry
  # What kind of function a file has defined.
  module Detect
    SIGNATURES = { 'http' => Http, 'classic' => Classic, 'rack' => RackApp }.freeze
    APPLICATIONS = %i[APP App Handler].freeze

    # `asked` is what the deployment says, often `auto`.
    def self.signature(entry, asked)
      unless asked == 'auto' || SIGNATURES.key?(asked)
        refuse("#{asked} is not a signature of Ruby functions: #{SIGNATURES.keys.join(', ')}, or auto")
      end
      name = asked == 'auto' ? recognise : asked
      found = (name == 'rack' ? application : handler) if name
      return SIGNATURES.fetch(name).new(found) if found

      refuse("#{entry} defines nothing that can be called: #{wanted(asked)} is looked for")
    end

    def self.recognise
      return ('rack' if application) if handler.nil?

      handler.method(:run).arity == 1 ? 'classic' : 'http'
    end

    # An object with `run`, of the class Handler or Handler itself.
    def self.handler
      @handler ||= answering(:Handler, :run)
    end

    def self.application
      @application ||= APPLICATIONS.lazy.filter_map { |name| answering(name, :call) }.first
    end

    # What the constant is, or one of what it is the class of, if that has the method.
    def self.answering(name, method)
      return unless Object.const_defined?(name, false)

      found = Object.const_get(name)
      return found if found.respond_to?(method)

      found.new if found.is_a?(Class) && found.public_method_defined?(method)
    end

    def self.wanted(asked)
      {
        'http' => 'Handler#run(body, headers)', 'classic' => 'Handler#run(req)', 'rack' => 'APP or App with call(env)'
      }.fetch(asked, 'Handler with run(body, headers) or run(req), or a rack application APP or App')
    end

    def self.refuse(message)
      raise Refusal.new('no-handler', message)
    end
  end
end
