# frozen_string_literal: true

require_relative 'answer'
require_relative 'outflow'
require_relative 'parcel'

module Wherry
  # From an answer to what goes over a connection.
  module Reply
    # The worker is done with the call. Small answers are collected on the lane; for the rest it is the main thread's turn.
    def self.finish(board, call, answer)
      lane = call.connection
      if lane.aside || call.begun
        board.post { conclude(board, call, answer) }
      elsif call.cancelled?
        cancelled(call)
      elsif answer.body.bytesize <= Frames::SMALL && answer.head.bytesize + answer.body.bytesize < Frames::LARGEST - 16
        call.forget
        lane.out << frame(Frames::ANSWER, call, answer)
      else
        board.post { announce(board, call, answer) }
      end
    end

    def self.frame(type, call, answer, flags = 0)
      micros = type == Frames::ANSWER ? Board.now - call.at : 0
      body = type == Frames::ANSWER ? answer.body : ''
      Frames.frame(type, call.id, flags | answer.flags.to_i, answer.status, micros, answer.head, body)
    end

    # -- on the main thread

    # A cancelled call holds nothing any more.
    def self.cancelled(call)
      call.forget
      connection = call.connection
      return connection.lost if connection.aside

      connection.out << Frames.frame(Frames::DONE, call.id) unless call.dropped
      connection.flush
    end

    # A call that streamed its answer, or that came by a side connection.
    def self.conclude(board, call, answer)
      board.streams.remove(call.stream) if call.stream
      conclude_stream(call) if call.begun
      return cancelled(call) if call.cancelled? && !call.ended

      call.forget
      send_whole(call, answer) unless call.begun
    end

    # The connection it went over takes the next call, or is given up where the body was cut short.
    def self.conclude_stream(call)
      connection = call.stream.connection
      return if connection.nil?

      call.ended ? connection.rested : connection.lost
    end

    # A large answer to a call on the lane.
    def self.announce(board, call, answer)
      return cancelled(call) if call.cancelled?

      call.stream = Parcel.new(call, answer)
      head_on_lane(board, call, answer)
    end

    def self.head_on_lane(board, call, answer)
      lane = call.connection
      number = board.streams.add(call.stream)
      lane.out << Frames.frame(Frames::HEAD, call.id, answer.flags.to_i, answer.status, number, answer.head)
      lane.flush
    end

    # The answer to a call on a side connection.
    def self.send_whole(call, answer)
      if answer.body.bytesize <= Frames::SMALL
        data = frame(Frames::ANSWER, call, answer)
      else
        answer = Parcel.with_length(answer)
        data = frame(Frames::HEAD, call, answer, Frames::STREAM) << Frames.chunks(answer.body)
      end
      call.connection.answer(data)
    end
  end
end
