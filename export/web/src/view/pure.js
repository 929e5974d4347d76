import {Component} from 'preact';

/** @import {ComponentChild} from 'preact' */

/**
 * A component that is drawn again only when one of its properties is another one. (Elements that
 * `useMemo` keeps know the elements around them, and with these all that ever was on the page.)
 * @template {object} Props
 * @param {(props: Props) => ComponentChild} draw
 */
export const pure = (draw) => /** @extends {Component<Props>} */ class extends Component {
  /** @override @param {Readonly<Props>} next */
  shouldComponentUpdate(next) {
    const now = /** @type {Record<string, unknown>} */ (this.props);
    const then = /** @type {Record<string, unknown>} */ (next);
    return Object.keys({...now, ...then}).some((name) => now[name] !== then[name]);
  }

  /** @override */
  render() {
    return draw(this.props);
  }
};
