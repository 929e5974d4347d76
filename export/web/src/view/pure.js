import {Component} from 'preact';

/** @import {ComponentChild} from 'preact' */

/**
 * Returns a component that is re-rendered only when one of its properties changes. (Elements that
 * `useMemo` keeps reference the elements around them, so all elements ever rendered stay in
 * memory.)
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
