/** 带单位的数（简体中文）。 */

/** @param {number} us */
export const time = (us) => {
  const late = us < 0 ? "\u2212" : "";
  const value = Math.abs(us);
  return value >= 1_000_000 ? `${late}${(value / 1_000_000).toFixed(2)} 秒` : `${late}${(value / 1000).toFixed(value % 1000 === 0 ? 0 : 1)} 毫秒`;
};
/** @param {number} n */
export const bytes = (n) => `${n} 字节`;
