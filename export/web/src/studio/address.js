/** The page's address, whose part after # is the arrangement. */

const DELAY = 300; // ms; browsers refuse to change the address all the time

export class Address {
  /** @param {() => string} link of the arrangement */
  constructor(link) {
    this._link = link;
    /** @type {number | undefined} */
    this._timer = undefined;
  }

  /** The part after the #. */
  get hash() {
    return window.location.hash.slice(1);
  }

  /** The whole address of the arrangement. */
  get href() {
    const url = new URL(window.location.href);
    url.hash = this._link();
    return url.href;
  }

  /** Shows the arrangement soon. */
  update() {
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      window.history.replaceState(null, '', `#${this._link()}`);
    }, DELAY);
  }

  /** @param {(link: string) => void} open receives each link that a person enters or goes back to */
  listen(open) {
    window.addEventListener('hashchange', () => {
      if (this.hash) open(this.hash);
      else this.update(); // it was emptied by hand, which does not change the music
    });
  }
}
