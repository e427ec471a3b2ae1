# frozen_string_literal: true

module Wherry
  # The handler returned something that can't be expressed in HTTP. Its text says what.
  class BadAnswer < StandardError; end

  # What the caller sees, and what the log sees, when a handler fails.
  module Fault
    TEXT = "content-type:text/plain; charset=utf-8\n"
    OURS = ["#{__dir__}/", "#{File.dirname(__dir__)}/host.rb:"].freeze

    # The answer for an exception of the handler; the stack goes to standard error.
    def self.answer(problem)
      case problem
      when BadAnswer
        text = problem.message
        complain(text)
      when Gone
        text = problem.message
      else
        text = describe(problem)
        show(problem)
      end
      Answer.new(500, TEXT, text, Frames::FAULT)
    end

    def self.describe(problem)
      text = problem.message.to_s
      text.empty? || text == problem.class.name ? problem.class.name : "#{problem.class}: #{text}"
    rescue StandardError
      problem.class.to_s
    end

    def self.show(problem)
      complain(report(problem))
    end

    # As Ruby prints it, without the host's own frames: they say nothing to the function's author.
    def self.report(problem)
      chain = [problem]
      chain << chain.last.cause while chain.last.cause && chain.size < 20
      chain.each { |one| one.set_backtrace(users(one.backtrace)) if one.backtrace && !one.frozen? }
      problem.full_message(highlight: false, order: :top)
    rescue StandardError
      describe(problem)
    end

    def self.users(frames)
      theirs = frames.reject { |frame| frame.start_with?(*OURS) }
      theirs.empty? ? frames : theirs
    end

    # Something is wrong with the host itself: better no host than half of one.
    def self.end_of_host(problem)
      complain("wherry: the Ruby host can't go on: #{describe(problem)} #{problem.backtrace&.first}")
      exit! 70
    end

    # One write, so that no other line comes between.
    def self.complain(text)
      STDERR.write(text.end_with?("\n") ? text : "#{text}\n")
    rescue SystemCallError, IOError
      nil
    end
  end
end
