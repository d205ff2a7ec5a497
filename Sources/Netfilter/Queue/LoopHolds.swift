internal import CNetfilter

/// Held packets: their arrival in the hold queues, and their end.
extension LoopCore {
    /// Notes which packets have come to the hold queues.
    func readHolds() {
        sentToHold = false
        while true {
            let count = holdRing.receive(from: queues.holdSocket.descriptor)
            for index in 0..<max(0, count) {
                var messages = unsafe MessageCursor(holdRing[index])
                while let header = unsafe messages.next() { unsafe noteArrival(header) }
            }
            if count < ReceiveRing.count { break }
        }
    }

    private func noteArrival(_ header: UnsafePointer<nlmsghdr>) {
        guard unsafe MessageCursor.isPacket(header) else {
            if unsafe header.pointee.nlmsg_type == UInt16(NLMSG_ERROR),
                unsafe !QueueGuard.hasSent(whatFailed: header)
            {
                counters.refusedVerdicts &+= 1
            }
            return
        }
        guard let message = unsafe QueueMessage(header, scratch: scratch) else {
            counters.unparsed &+= 1
            return
        }
        if !held.arrived(mark: message.mark, packet: message.packet, queue: message.queue) {
            // Not one of ours (somebody's rule names our queue): let it go as it came.
            counters.unparsed &+= 1
            putHeld(queue: message.queue, message.packet, NF_ACCEPT, mark: nil)
        }
    }

    /// Lets go the packets whose time has come, at most `limit`. True if there are more.
    func releaseDue(limit: Int) -> Bool {
        var remaining = limit
        while let slot = held.due(at: now) {
            guard remaining > 0 else { return true }
            remaining -= 1
            settle(slot: slot, .accept)
        }
        return false
    }

    func settle(token: UInt64, _ outcome: Outcome) -> Int {
        var count = 0
        while let slot = held.first(token: token) {
            settle(slot: slot, outcome)
            count += 1
        }
        return count
    }

    func releaseAll() -> Int {
        var count = 0
        while let slot = held.any {
            settle(slot: slot, .accept)
            count += 1
        }
        return count
    }

    private func settle(slot index: Int, _ outcome: Outcome) {
        if held[index].state == .sent {
            // Its arrival was not noted yet: make sure that the kernel has the verdict, and look.
            flushPackets()
            readHolds()
        }
        let slot = held.remove(index)
        guard slot.state == .waiting else {
            counters.heldLost &+= 1
            return
        }
        switch outcome {
        case .accept:
            counters.released &+= 1
            putHeld(queue: slot.queue, slot.packet, NF_ACCEPT, mark: slot.mark)
        case .drop:
            counters.heldDropped &+= 1
            putHeld(queue: slot.queue, slot.packet, NF_DROP, mark: slot.mark)
        case .replace:
            counters.released &+= 1
            putHeld(
                queue: slot.queue, slot.packet, NF_ACCEPT, mark: slot.mark,
                replaced: hasReplacement(wanted: true))
        }
    }

    private func putHeld(
        queue: UInt16, _ packet: UInt32, _ verdict: Int32, mark: UInt32?,
        replaced: Bool = false
    ) {
        if !holdVerdicts.hasRoom(forPacketOf: replaced ? replacementCount : 0) {
            if !holdVerdicts.flush(over: queues.holdSocket) { counters.failedSends &+= 1 }
        }
        unsafe holdVerdicts.add(
            queue: queue, packet: packet, verdict: UInt32(bitPattern: verdict), mark: mark,
            payload: replaced ? replacementBytes : nil)
    }
}
