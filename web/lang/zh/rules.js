/** 各个 libevent 不同之处，逐条，中文。 */

/** @type {{[rule in import("../../types.js").Rule]: string}} */
export const rules = {
  io_events: "1.4 的事件只运行一次，再由代码重新添加；2.x 的事件一直留着，直到没有事可做。",
  ready_order: "同一轮中都就绪时，1.4 先运行读事件；2.x 先运行最后添加的那个。",
  persistent_timer: "2.x 中留着的事件每次运行都重新计时；1.4 的定时器继续走。",
  arms_without_handle: "2.x 可以添加没有句柄的事件；1.4 拒绝。",
  preempts: "2.x 的循环立刻转向更紧急的事件；1.4 先把一个队列跑完。",
  loop_exit: "event_base_loopexit 在 2.x 中立刻让一个事件排队；在 1.4 中设一个定时器，排在已激活的事件之后。",
  forgets_wishes: "2.x 的循环重新开始；在 1.4 中，还没有被循环看到的中断或退出会结束下一次循环。",
  high_mark: "2.x 在输入每次变化时都与高水位比较，到了就挂起读；1.4 每次读之后才看一次，到了就取下 ev_read 并装上压力回调。",
  mark_width: "水位以下的空间，1.4 用 int 计，2.x 用 size_t 计。",
  read_limit: "一次读多少：1.4 看缓冲区分配了多少，2.1 至多 4096 字节，2.2 由 max_single_read 决定。",
  write_limit: "一次写，1.4 交出全部输出，2.x 至多 max_single_write。",
  retries_write_in_progress: "写以 EINPROGRESS 失败时，1.4 只是再写一次。",
  refused_at_once: "connect 立刻被拒绝时，2.1 报告错误；2.2 当作已经建立。",
  output_watch: "1.4 只从 bufferevent_write 得知输出里有字节；2.x 监视缓冲区，不管是谁添加的。",
  failure: "到达末尾、出错或超时之后，2.x 禁用这个方向；1.4 让它保持启用。",
  full_input: "读回调返回时输入仍在高水位，2.x 会再次调用它；1.4 安静下来。",
  enabling: "bufferevent_enable 在 1.4 中先添加事件，在 2.x 中先设置标志。",
  no_timeout: "设为没有超时，2.x 会取走正在走的定时器，1.4 不会。",
  timeout_unit: "超时在 1.4 中是整秒，在 2.x 中是 struct timeval。",
  new_handle_resumes: "bufferevent_setfd 之后，2.x 继续做已启用的事；1.4 等待再次启用。",
  release: "1.4 立刻释放 bufferevent；2.x 由循环来做，等它的回调都不在进行中。",
  event_callback_is_optional: "2.x 可以没有事件回调；1.4 必须有。",
  freezes_own_ends: "2.x 把输入的末端和输出的开头留给自己；1.4 允许你碰。",
  since2: "2.x 有 1.4 没有的函数。",
};
