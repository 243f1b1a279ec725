/** 每一种步骤一句话（简体中文）：先说原因，再说结果。 */
import { inFilter, inPair, isBelowHigh, isLater, isTooLong, isWhole, oneOf, readiness, underWay, waiting } from "../moment.js";
import { callbackArguments, callbackName, cause, eventName } from "../names.js";
import { bytes } from "./units.js";

/** @typedef {import("../../types.js").ConnectionPicture} ConnectionPicture */
/** @typedef {import("../../types.js").Sentence} Sentence */

/** @param {number} us */
const ms = (us) => (us % 1_000_000 === 0 && us > 0 ? `${us / 1_000_000} 秒` : `${us / 1000} 毫秒`);
/** @param {{read: boolean, write: boolean}} d */
const both = (d) => [d.read && "读", d.write && "写"].filter(Boolean).join("和") || "无";
/** @param {number | null} us */
const limit = (us) => (us ? `${ms(us)}后超时` : "永不超时");
const CALLS = { read: "read()", write: "write()" };
const SIDES = { read: "读", write: "写" };
const READY = { both: "句柄可读且可写。", read: "句柄可读。", write: "句柄可写。", none: "句柄未就绪。" };
const READ = { bytes: "有数据可读", end: "只有文件尾在等候" };
const BUFFERS = { input: "输入缓冲区", output: "输出缓冲区" };
/** @param {{buffer: "input" | "output"}} s */
const buffer = (s) => BUFFERS[s.buffer];

/** @type {import("../../types.js").StepSentences} */
export const steps = {
  pass_began: (s) => [`事件循环的第 ${s.pass} 轮开始：`, "只要有事件在等待，就询问内核哪些句柄已就绪。"],
  polled: (s) =>
    s.active === 0 ? ["内核已答复：", "没有事件因此被激活。"] : ["内核已答复：", `${s.active} 个事件被激活。`],
  timers_checked: (s) =>
    s.expired === 0 ? ["检查了定时器，没有到期的，", "因此不增加事件。"] : ["检查了定时器：", `${s.expired} 个事件因到期被激活。`],
  pass_ended: (s) =>
    oneOf(s.reason, {
      done: () => ["没有剩余的激活事件，", `本轮结束，共执行 ${s.callbacks} 次用户回调。`],
      no_events: () => ["没有任何事件在等待，", "因此循环结束。"],
      spinning: () => ["事件不断运行，却没有用户回调：", "libevent 永远不会返回，这里结束本轮。"],
      exited: () => ["event_base_loopexit 的事件已执行，", "因此循环在再次询问内核之前停止。"],
      broken: () =>
        isTooLong(s)
          ? [`本轮已执行 ${s.callbacks} 次用户回调，模拟到此为止：`, "本轮立即结束，而 libevent 可能永远不会返回。"]
          : ["某个回调要求中断，", `本轮立即结束，共执行 ${s.callbacks} 次用户回调。`],
    }),
  loop_exit_requested: () => ["调用了 event_base_loopexit：", "为此安排的事件执行之后，循环停止。"],
  loop_break_requested: () => ["调用了 event_base_loopbreak：", "循环将在本次回调之后停止。"],

  ready: (s, connection) => {
    const is = readiness(s);
    const found = waiting(connection);
    if (found === "unknown" || is === "none") return ["已询问内核：", READY[is]];
    if (connection?.connecting) return ["连接是否建立已有结果：", READY[is]];
    if (found === "reset") return ["连接已被重置，有错误在等候：", READY[is]];
    if (is === "write" || found === "nothing") return ["tx 有空位：", READY[is]];
    return [is === "both" ? `${READ[found]}，tx 有空位：` : `${READ[found]}：`, READY[is]];
  },
  event_armed: (s) => [`${eventName(s.event)} 加入了 event base：`, "它处于等待状态，等候句柄就绪。"],
  event_disarmed: (s) => [`${eventName(s.event)} 从 event base 移除：`, "它不再等候句柄。"],
  event_activated: (s) =>
    ["deferred", "finalizer", "loop_exit"].includes(/** @type {string} */ (s.event))
      ? [`需要 ${eventName(s.event)}：`, "它被激活，排队等待执行。"]
      : [`${eventName(s.event)} 等到了（${cause(s.cause)}）：`, "它被激活，排队等待执行。"],
  event_deactivated: (s) => [`${eventName(s.event)} 从队列中取下：`, "它不会执行。"],
  event_run: (s) => [`轮到 ${eventName(s.event)}${s.cause ? `（${cause(s.cause)}）` : ""}：`, "它的内部回调开始执行。"],
  event_returned: (s) => [`${eventName(s.event)} 的内部回调已返回：`, "控制权回到循环。"],
  timer_set: (s) => [`${eventName(s.event)} 带超时加入：`, "它的定时器开始计时。"],
  timer_restarted: (s) => [`${eventName(s.event)} 被唤醒或重新加入：`, "它的定时器重新计时。"],
  timer_cancelled: (s) => [`${eventName(s.event)} 不再需要定时器：`, "它的定时器被取消。"],
  timer_expired: (s) => [`${eventName(s.event)} 的时间到了：`, "它的定时器到期。"],

  read_bounded: (s) =>
    oneOf(s.bound, {
      high_watermark: () => [`距高水位还有 ${bytes(s.limit)}，`, `因此下一次读不会超过它。`],
      readable: () => ["没有高水位：", `下一次读最多取 ${bytes(s.limit)}。`],
      single_read: () => ["单次读取有自己的上限，", `因此下一次最多取 ${bytes(s.limit)}。`],
    }),
  received: (s) => [inFilter(s) ? `过滤器向上给出 ${bytes(s.payload.len)}：` : inPair(s) ? `从成对的另一方来了 ${bytes(s.payload.len)}：` : `${s.function} 从内核取得 ${bytes(s.payload.len)}：`, `输入缓冲区从 ${s.input - s.payload.len} 增至 ${s.input}。`],
  sent: (s) => [inFilter(s) ? `过滤器取走 ${bytes(s.payload.len)} 往下交：` : inPair(s) ? `${bytes(s.payload.len)} 去了成对的另一方：` : `${s.function} 交给内核 ${bytes(s.payload.len)}：`, `输出缓冲区从 ${s.output + s.payload.len} 减至 ${s.output}。`],
  call_failed: (s, connection) =>
    isLater(s, connection)
      ? [`${CALLS[s.call]} 返回 ${s.errno}，`, "这只表示：稍后再试。"]
      : [`${CALLS[s.call]} 失败：${s.errno}，`, "这个方向到此结束。"],
  end_of_file: (s) =>
    s.call === "read" ? ["read() 返回 0 字节，对端不再发送：", "到达文件尾（EOF）。"] : ["write() 没有写出任何字节：", "写方向结束。"],
  filter_ran: (s) => [
    s.direction === "read" ? "过滤器的输入函数执行了：" : "过滤器的输出函数执行了：",
    oneOf(s.result, { ok: () => "它移动字节（BEV_OK）。", need_more: () => "它暂不移动（BEV_NEED_MORE）。", error: () => "它看不懂这些字节（BEV_ERROR）。" }),
  ],
  connect_undecided: () => ["句柄可写，但 connect() 仍在进行：", "什么也不做。"],
  connect_failed: (s) => [`连接没有建立（${s.errno}）：`, "两个内部事件都被删除。"],

  watermark_checked: (s) =>
    oneOf(s.mark, {
      read_high: () =>
        s.reached
          ? [`输入有 ${s.len} 字节，高水位是 ${s.value}：`, "已达到高水位，必须停止读取。"]
          : [`输入有 ${s.len} 字节，高水位是 ${s.value}：`, "还没有达到高水位。"],
      read_low: () =>
        s.reached
          ? [`输入有 ${s.len} 字节，低水位是 ${s.value}：`, "对 readcb 已经足够。"]
          : [`输入有 ${s.len} 字节，低水位是 ${s.value}：`, "对 readcb 还不够。"],
      write_low: () =>
        s.reached
          ? [`输出有 ${s.len} 字节，低水位是 ${s.value}：`, "对 writecb 已经够低。"]
          : [`输出有 ${s.len} 字节，低水位是 ${s.value}：`, "对 writecb 还太多。"],
    }),
  pressure_installed: (_, connection) => [isBelowHigh(connection) ? "高水位太大，1.4 用 int 计算余量，结果是没有余量：" : "输入达到了高水位：", "停止读取，压力回调开始监视输入缓冲区。"],
  pressure_removed: (_, connection) => [noLongerFull(connection), "压力回调被移除，可以恢复读取。"],
  suspended: (s) => s.bits === 16 ? ["上面的过滤器不读取：", "读取被挂起（置 BEV_SUSPEND_FILT_READ）。"] : ["输入达到了高水位：", "读取被挂起（置 BEV_SUSPEND_WM）。"],
  unsuspended: (s, connection) => s.bits === 16 ? ["上面的过滤器要读取，或已放手：", "它的挂起结束（清 BEV_SUSPEND_FILT_READ）。"] : [noLongerFull(connection), "读取不再挂起（清 BEV_SUSPEND_WM）。"],

  filter_called: (s) => [`${callbackName(s.callback)}${callbackArguments(s.callback)} 该运行了，上面有一个过滤器：`, `执行 ${s.function}。`],
  callback_not_set: (s) => [`本应调用 ${callbackName(s.callback)}，`, "但没有设置：什么也不发生。"],
  callback_deferred: (s) => [`需要 ${callbackName(s.callback)}，但不是现在：`, "推迟到排队的调用中。"],
  callback_due: (s) =>
    typeof s.callback === "object" && "application" in s.callback
      ? [`${callbackName(s.callback)} 是应用自己的事件：`, `应调用它的回调${callbackArguments(s.callback)}。`]
      : [`条件全部满足（输入 ${s.input}，输出 ${s.output}）：`, `应调用 ${callbackName(s.callback)}${callbackArguments(s.callback)}。`],
  callback_entered: (s) => [`调用 ${callbackName(s.callback)}${callbackArguments(s.callback)}：`, "你的代码在执行，循环等待它返回。"],
  callback_left: (s) => [`${callbackName(s.callback)} 已返回：`, "控制权回到 libevent。"],

  buffer_added: (s) => [inFilter(s) ? `上面的过滤器写入 ${bytes(s.payload.len)}：` : `应用写入 ${bytes(s.payload.len)}：`, `${buffer(s)}从 ${s.len - s.payload.len} 增至 ${s.len}。`],
  buffer_drained: (s) => [inFilter(s) ? `上面的过滤器取走 ${bytes(s.bytes)}：` : `应用取走 ${bytes(s.bytes)}：`, `${buffer(s)}从 ${s.len + s.bytes} 减至 ${s.len}。`],
  buffer_edited: (s) => [`应用修改了${buffer(s)}：`, `现在有 ${bytes(s.payload.len)}。`],
  enabled: (s) => [`bufferevent_enable（${both(s.directions)}）：`, `现在启用：${both(s.enabled)}。`],
  disabled: (s) => [`bufferevent_disable（${both(s.directions)}）：`, `现在启用：${both(s.enabled)}。`],
  watermarks_set: (s) => [
    `应用设置了${SIDES[s.direction]}方向的水位：`,
    `低水位 ${s.low}，${s.high === 0 ? "无高水位" : `高水位 ${s.high}`}。`,
  ],
  timeouts_set: (s) => ["应用设置了超时：", `读${limit(s.read_us)}，写${limit(s.write_us)}。`],
  callbacks_set: (s) => {
    const set = [s.read && "readcb", s.write && "writecb", s.event && "eventcb"].filter(Boolean).join("、");
    return ["应用指定了回调：", set ? `${set}。` : "没有。"];
  },
  handle_set: (s) => ["应用更换了句柄：", s.handle === null ? "现在没有句柄。" : `现在是 ${s.handle} 号。`],
  connect_started: (s) => [
    `在 ${s.handle} 号句柄上调用了 connect()：`,
    oneOf(s.outcome, {
      pending: () => "有结果时句柄变为可写。",
      accepted: () => "连接立即建立，循环稍后会通知。",
      refused: () => (s.connecting ? "立即被拒绝，这个 libevent 稍后才会发现。" : "立即被拒绝。"),
    }),
  ],
  priority_set: (s) => ["应用设置了优先级：", `两个事件的优先级现在是 ${s.priority}。`],
  created: (s) => [`${s.function} 创建了 bufferevent（libevent ${s.dialect}）：`, "两个缓冲区都为空，只启用了写。"],
  filter_made: (s) => [`bufferevent 是 ${s.underlying} 号之上的过滤器：`, `上行经过 ${s.input}，下行经过 ${s.output}。`],
  buffer_pulled_up: (s) => ["调用了 evbuffer_pullup：", `${buffer(s)}的前 ${bytes(s.bytes)}在同一个 chain 里。`],
  buffer_callback_set: (s) => s.set ? ["调用了 evbuffer_add_cb：", `有回调监视 ${s.buffer}。`] : ["调用了 evbuffer_remove_cb：", `不再有回调监视 ${s.buffer}。`],
  paired: (s) => [`bufferevent 与 ${s.partner} 号结成一对：`, "一方写入的，由另一方读取。"],
  freed: (s) =>
    s.input_dropped + s.output_dropped === 0
      ? ["应用释放了 bufferevent：", "两个缓冲区都为空，没有丢失。"]
      : ["应用释放了 bufferevent：", `丢弃输入 ${bytes(s.input_dropped)}、输出 ${bytes(s.output_dropped)}。`],
  finalized: () => ["循环执行了 finalizer：", "已释放的 bufferevent 所持有的资源被回收。"],

  peer_sent: (s) => {
    if (s.lost) return [`对端在已结束的连接上发送 ${bytes(s.payload.len)}：`, "它们丢失了。"];
    const into = s.tanks ? `rx 现有 ${s.tanks.rx}` : "它们到达内核";
    return [`对端发送 ${bytes(s.payload.len)}：`, s.tanks?.backlog ? `${into}，${s.tanks.backlog} 字节在外等候。` : `${into}。`];
  },
  peer_received: (s) => [`对端取走 ${bytes(s.payload.len)}：`, s.tanks ? `tx 现有 ${s.tanks.tx}。` : "它们离开了内核。"],
  connected: () => ["句柄可写，SO_ERROR 没有错误：", "连接已建立。"],
  peer_accepted: () => ["对端接受了连接：", "连接的句柄变为可写。"],
  peer_refused: () => ["对端拒绝了连接：", "句柄变为可读可写，SO_ERROR 会报告一次。"],
  peer_shutdown: (_, connection) => {
    if (connection?.kernel.peer_reset) return ["对端结束了发送：", "连接早已重置，什么也不变。"];
    const left = underWay(connection);
    const first = left === null ? "它发送的数据之后就是文件尾。" : left === 0 ? "rx 中没有剩余，接下来就是文件尾。" : `还有 ${bytes(left)} 待读，然后是文件尾。`;
    return ["对端结束了发送：", first];
  },
  peer_reset: () => ["对端重置了连接：", "途中的数据全部丢弃。"],
  peer_sees: (s) => s.closing === "reset" ? ["对端看到连接被重置：", "关闭时 rx 中还有没人读过的数据。"] : ["对端看到流的结尾：", "关闭时 rx 是空的。"],
  injected: (s) => ["内核被要求失败：", `轮到时将有 ${s.times} 次 ${CALLS[s.call]} 返回 ${s.errno}。`],
  clock_advanced: (s) => ["时间流逝：", `时钟前进了 ${ms(s.by_us)}。`],
};

/** 输入为何不再受高水位限制：它减少了，或者水位没有了。 @param {ConnectionPicture | null} connection */
function noLongerFull(connection) {
  if (!connection) return "高水位不再限制输入：";
  return connection.read.high === 0 ? "输入不再有高水位：" : "输入又低于高水位：";
}

/** @type {{[source in import("../../types.js").Source]: (picture?: import("../../types.js").Picture | null) => Sentence}} */
export const before = {
  simulation: () => ["还什么都没有发生：", "bufferevent 即将被创建。"],
  recording: (picture) => ["录制从这里开始：", isWhole(picture) ? "之前什么也没有发生。" : "之前的步骤不在其中。"],
  live: () => ["捕获从这里开始：", "此后服务器的步骤都在其中。"],
};

/** @param {number} records @param {number} callbacks @param {number} crossings */
export const digest = (records, callbacks, crossings) => `播放了 ${records} 步：${callbacks} 次回调，${crossings} 次越过水位。`;

/** 画面并非这一步的结果。 */
export const later = "其后缺少记录，画面属于更晚的时刻。";

/** @param {number} passes @returns {[string, string]} */
export const leftOut = (passes) => ["这一轮结束，最近 16 轮都没有事件执行：", `这一步余下的 ${passes} 轮再运行也一样，不再运行。`];

export const joiner = "";
/** @param {string} name */
export const whose = (name) => `${name}：`;
