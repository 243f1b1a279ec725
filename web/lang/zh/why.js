/** 为什么：问题，以及答案追溯到什么，中文。 */

/** @typedef {import("../../types.js").Reason} Reason */

/** @type {typeof import("../en/why.js").why} */
export const why = {
  note: "就这一刻提问。也可以在场景里点击阀门、事件、回调或字节，或在其上按 w。",
  nothing: "还没有可以问的。",
  asked: (position) => `在第 ${position} 步提问。`,
  other: "问别的",
  decided: "由它决定。",
  unknown: "记录里没有答案。",
  uncertain: "中间缺少记录：原因可能不止这些。",
  step: (position) => `第 ${position} 步`,
  valve: {
    read: { open: "为什么读是开着的？", closed: "为什么什么都没读？" },
    write: { open: "为什么写是开着的？", closed: "为什么什么都没写？" },
  },
  event: (direction, waits) => `为什么 ev_${direction} ${waits ? "处于" : "不处于"}等待状态？`,
  called: { read: "为什么调用了 on_read？", write: "为什么调用了 on_write？", event: "为什么调用了 on_event？" },
  notCalled: {
    read: (since) => `为什么${sinceStep(since)}没有调用 on_read？`,
    write: (since) => `为什么${sinceStep(since)}没有调用 on_write？`,
    event: (since) => `为什么${sinceStep(since)}没有调用 on_event？`,
  },
  mark: { read_low: "为什么读的低水位在这里？", read_high: "为什么读的高水位在这里？", write_low: "为什么写的低水位在这里？" },
  byte: (place, offset) => `${place} 的第 ${offset + 1} 个字节从哪里来，到哪里去？`,
  reasons: {
    event_armed: "它的事件从那时起一直在等待句柄。",
    event_disarmed: "它的事件不再等待句柄。",
    event_never_added: "它的事件从未被添加。",
    event_active: "它的事件已经排队，即将运行。",
    enabled: "它被启用了。",
    disabled: "你禁用了它。",
    never_enabled: "没有人启用过它：新的 bufferevent 只启用了写。",
    stopped_at_high_mark: "读停了：输入已满到高水位。",
    resumed: "读可以继续：输入降到了高水位以下。",
    high_mark_reached: "输入与高水位比较，达到了。",
    below_high_mark: "输入与高水位比较，低于它。",
    still_full: "之后你取走的字节还不够，输入仍不低于水位。",
    bytes_received: "字节进入了输入。",
    marks_set: "水位被设成了这样。",
    created: "bufferevent 被创建。",
    freed: "bufferevent 已被释放。",
    last_byte_sent: "输出的最后一个字节离开了：没有可写的了。",
    nothing_written: "还没有写过任何东西。",
    bytes_added: "你向输出写了字节。",
    bytes_taken: "你从输入取走了字节。",
    event_ran: "内部回调运行，做了这件事。",
    end_of_file: "一次读遇到了流的末尾。",
    call_failed: "调用失败了。",
    timer_expired: "它的时间到了。",
    timer_started: "定时器从那时开始计时。",
    timeouts_set: "超时被设成了这样。",
    peer_ended: "对端结束了发送。",
    peer_reset: "对端重置了连接。",
    injected: "脚本让这次调用失败。",
    called: "你的回调被调用了。",
    deferred: "这次调用被推迟到队列里：从那时起它就欠着，不管中间发生什么。",
    left_full: "你的读回调返回时输入仍在高水位：这会带来又一次调用。",
    low_mark_reached: "长度与低水位比较，达到了。",
    bytes_sent: "字节交给了内核。",
    nothing_to_send: "写事件运行时没有可发送的，启用写之后会有一次这样。",
    handle_ready: "内核说句柄已就绪。",
    peer_sent: "对端发送了。",
    called_from_outside: "不是它自己的事件带来的：是一对中的另一侧，或手动的调用。",
    not_set: "没有设置这个回调。",
    below_low_mark: "输入与低水位比较，还低于它。",
    above_low_mark: "输出仍高于它的低水位。",
    nothing_new: "你的回调已经见过这些字节：它每次读来一次，而不是每个字节一次。之后没有读到新的。",
    nothing_arrived: "没有东西到达。",
    no_pass_since: "从那时起事件循环还没有运行：循环之外什么也不动。",
    kernel_full: "内核不再接收：对端没有收。",
    nothing_happened: "没有结束、失败，也没有超时。",
    edited: "你整个改动了缓冲区。",
    peer_received: "对端取走了它。",
  },
};

/** @param {number | null} since */
function sinceStep(since) {
  if (since === null) return "之后再";
  return since === 0 ? "" : `从第 ${since} 步起`;
}
