const control = /[\u202A-\u202E\u2066-\u2069]/gu;
/** Bidirectional controls and letters of right-to-left scripts, which change the direction of what follows. */
const turning =
  /[\u202A-\u202E\u2066-\u2069\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Keeps a name from reordering the sentence that contains it, as `<bdi>` does for an element. */
export function isolate(name: string): string {
  return turning.test(name) ? `\u2068${name.replace(control, '')}\u2069` : name;
}
