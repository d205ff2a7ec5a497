import NIOCore

/// DNS over TCP: two octets of length before each message (RFC 1035 section 4.2.2).
final class MessageFraming: ByteToMessageDecoder, MessageToByteEncoder, Sendable {
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    func decode(
        context: ChannelHandlerContext, buffer: inout ByteBuffer
    ) throws -> DecodingState {
        guard let message = buffer.readLengthPrefixedSlice(as: UInt16.self) else {
            return .needMoreData
        }
        context.fireChannelRead(wrapInboundOut(message))
        return .continue
    }

    /// A message that was cut off by the end of the connection is nobody's question.
    func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }

    func encode(data: ByteBuffer, out: inout ByteBuffer) throws {
        var data = data
        out.writeInteger(UInt16(truncatingIfNeeded: data.readableBytes))
        out.writeBuffer(&data)
    }
}
