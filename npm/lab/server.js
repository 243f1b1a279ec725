/** Where no page is, there is no element: a server renders the tag, and the browser defines it. */
export class BuffereventLab {}
