/** 各课的文字（简体中文）。 */

/** @type {{[id: string]: import("../../types.js").LessonText}} */
export const lessons = {
  anatomy: {
    title: "解剖",
    goal: "一个字节进来，一个字节回去。跟着它从对端经过内核进入输入缓冲区，经你的回调进入输出缓冲区，再回到对端。",
    question: "一个字节刚刚到达输入缓冲区。接下来是什么？",
    choices: {
      loop: "循环再问内核是否还有数据",
      callback: "就在这一轮里调用 readcb",
      echo: "这个字节自动返回对端",
    },
    because: "libevent 先读，最后才通知你：readcb 在同一个内部回调的末尾执行。",
    tasks: {
      arrive: "看到字节到达输入缓冲区",
      called: "看到 readcb 被调用",
      leave: "看到回显交给内核",
      own: "扮演对端：发送你自己的字节，然后运行循环",
    },
    breakIt: "同样的实验，但没有读回调：字节到了，却没有人被通知。",
  },
  "low-watermark": {
    title: "低水位",
    goal: "报头有 16 字节。低水位设为 16，无论网络怎样分段，读回调都会等到全部到齐。",
    question: "输入有 15 字节，rx 里还有 6 字节，低水位是 16。下一次读之后会怎样？",
    choices: {
      exactly: "调用 readcb，恰好 16 字节",
      all: "调用 readcb，全部 21 字节",
      never: "不调用 readcb：21 不等于 16",
    },
    because: "低水位只是推迟回调，并不切分：读到多少，输入缓冲区里就有多少。",
    tasks: {
      held: "看到 readcb 因低于水位而暂缓",
      called: "看到报头到齐后 readcb 被调用",
      left: "找到没有回调、被留下的字节",
      lower: "把低水位设为小于 16，再运行循环",
    },
    breakIt: "低水位 16 高于高水位 12：回调还不能执行，读取就停了。从此再也不动。",
  },
  "high-watermark": {
    title: "水箱满了",
    goal: "输入的高水位是 64 字节。对端发送的比你的代码取走的多：看读取停止、内核填满、对端阻塞，然后一切重新流动。",
    question: "输入有 32 字节，内核里还有很多。下一次读把输入填到高水位 64。然后呢？",
    choices: {
      on: "继续读取，输入超过 64",
      stops: "停止读取，直到输入低于 64",
      dropped: "放不下的被丢弃",
    },
    because: "libevent 不再向内核要字节。它们在内核里等待；内核满了，对端也等待。什么都不会丢失。",
    tasks: {
      stopped: "看到读取在高水位停止",
      blocked: "看到内核填满、对端阻塞",
      resumed: "看到你的代码取走字节，读取恢复",
      marks: "把高水位拖到另一个值，看会发生什么",
      modern: "切换到 libevent 2.1：用挂起位代替压力回调",
    },
    breakIt: "一个从不取走字节的回调：它被调用一次，读取停止，再也没有什么能让它重新开始。",
  },
};
