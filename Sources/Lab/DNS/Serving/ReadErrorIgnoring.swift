import NIOCore

/// Keeps a socket in service after an error that did not close it, such as one connection that could
/// not be accepted for want of descriptors: an async channel would end its stream on any.
final class ReadErrorIgnoring: ChannelInboundHandler, Sendable {
    typealias InboundIn = NIOAny

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
