/** 页面自己的文字（简体中文）。 */
import { act } from "./act.js";
import { said } from "./engine.js";
import { lesson } from "./lesson.js";
import { panels } from "./panels.js";
import { path } from "./path.js";
import { player } from "./player.js";
import { scene } from "./scene.js";
import { sources } from "./sources.js";
import { why } from "./why.js";
import { bytes, time } from "./units.js";

/** @type {typeof import("../en/text.js").text} */
export const text = {
  ...scene,
  ...player,
  ...act,
  ...lesson,
  ...panels,
  ...sources,
  engine: (words) => (Object.hasOwn(said, words) ? said[words] : words),
  why,
  path,
  time,
  bytes,
  title: "bufferevent 实验室",
  windowTitle: (shown, step) => `${shown}${step === null ? "" : `，第 ${step} 步`} \u2013 bufferevent 实验室`,
  partTitle: (lesson, part) => `${lesson}（${{ break: "故意弄坏", repair: "待修复", question: "一个问题" }[part]}）`,
  lesson: "课程",
  lessonOption: (number, title, done, of) => `${number > 0 ? `${number}  ` : ""}${title}${done > 0 ? ` \u2013 ${of} 项中已完成 ${done} 项` : ""}`,
  untitled: { simulation: "自己的场景", recording: "一份录制", live: "实时服务器" },
  chooseLesson: "选择一课",
  source: "来源",
  sources: { simulation: "模拟", recording: "文件", live: "实时" },
  dialect: "libevent",
  language: "语言",
  theme: "主题",
  themes: { auto: "自动", light: "浅色", dark: "深色" },
  help: "帮助",
  skip: "跳到播放按钮",
  more: "更多",
  close: "关闭",
  save: "保存",
  intro: {
    what: "bufferevent 位于套接字和你的代码之间，每个方向有一个缓冲区：字节到达时读入 input，套接字能接收时发出 output。",
    saves: "它省去围绕不完整读写的循环：有足够的内容可处理时才调用你，来得太快的会等待。",
  },
  saves: { experiment: "场景及其分支", recording: "步骤的录制" },
  loading: "正在加载引擎",
  awaits: (name) => `正在等待 ${name}`,
  stopWaiting: "不再等待",
  drop: "放在这里即可打开",

  step: (position, length) => `第 ${position} 步，共 ${length} 步`,
  connection: (called, open) => `${called} \u00b7 打开 ${open} 个`,
  panels: { lesson: "课程", why: "为什么？", code: "代码", log: "日志", state: "状态" },
  panelList: "面板",
};
