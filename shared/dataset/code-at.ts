/** As `text.charCodeAt(i)`, for loops over texts. The engine has many kinds of strings (of one byte or two, cut out of
 *  another, joined of several); where a method was called on more than four of them it is looked up anew each time, which
 *  takes longer than all that a loop does with a character. Here nothing is looked up. For the same reason such a loop
 *  asks for the length once. */
export const codeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (
  text: string,
  i: number,
) => number;
