/** 记录的来源，以及出错时的说明（简体中文）。 */

/** @type {typeof import("../en/sources.js").sources} */
export const sources = {
  live: {
    connect: "连接",
    address: "服务器地址",
    connecting: (url) => `正在连接 ${url}`,
    connected: "已连接",
    lossy: (lost, more) => `已连接，${more ? "至少" : ""}丢失 ${lost} 条记录`,
    schema: (problem) => `版本不同：${problem}`,
    refused: (problem) => `被拒绝：${problem}`,
    lost: "连接已断开。你看到的是记录；正在重试。",
    behind: "正在追上",
    ended: "发布已经结束。你看到的是记录。",
    start: "连接到正在运行的 bufferevent-server：它的每个连接都会出现在这里。",
    leave: "留在这里",
    none: "还没有连接。启动一个客户端，它就会出现在这里。",
    title: "连接",
    busiest: "最忙的在前",
    search: "名称或编号",
    follow: (name) => `只看 ${name}`,
    follows: "单步和播放会跳过其他连接上发生的事",
    found: (found, all) => `${all} 个中的 ${found} 个`,
    lengths: (input, output) => `入 ${input} \u00b7 出 ${output}`,
  },
  problem: {
    /** By the kind of problem. */
    of: {
      policy: () => "引擎是 WebAssembly，而本站内容策略的 script-src 缺少 \u2018wasm-unsafe-eval\u2019。加上它，页面即可工作。",
      engine: (message) => `无法加载引擎：${message}`,
      files: (message) => `无法加载本元素的一个文件：${message}`,
      scenario: (message) => `无法使用该场景：${message}`,
      recording: (message) => `无法读取该记录：${message}`,
      lesson: (message) => `打不开这一课：${message}`,
      progress: (message) => `无法从这个文件读出进度：${message}`,
      link: (message) => `无法打开这个链接：${message}`,
      action: (message) => `无法这样做：${message}`,
      condition: (message) => `无法使用该停止条件：${message}`,
      damage: (message) => `记录中有一部分无法读取：${message}`,
      panic: (message, position) => `引擎在第 ${position} 步出错：${message}。之前的记录仍然保留。`,
      truncated: (message) => `运行被提前截断：${message}`,
      live: (message) => `被拒绝：${message}`,
    },
    useDefault: "打开第一课",
    copy: "复制报告",
    dismiss: "知道了",
  },
};
