/** The page's URL, whose fragment stores the arrangement. */

const DELAY = 300; // ms; debounce, as browsers limit the rate of URL changes

export class Address {
  /** @param {() => string} link of the arrangement */
  constructor(link) {
    this._link = link;
    /** @type {number | undefined} */
    this._timer = undefined;
  }

  /** The fragment, without #. */
  get hash() {
    return window.location.hash.slice(1);
  }

  /** The full URL of the arrangement. */
  get href() {
    const url = new URL(window.location.href);
    url.hash = this._link();
    return url.href;
  }

  /** Updates the URL to the arrangement, debounced. */
  update() {
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      window.history.replaceState(null, '', `#${this._link()}`);
    }, DELAY);
  }

  /** @param {(link: string) => void} open called with links that the user enters or returns to */
  listen(open) {
    window.addEventListener('hashchange', () => {
      if (this.hash) open(this.hash);
      else this.update(); // an emptied fragment does not change the music
    });
  }
}
