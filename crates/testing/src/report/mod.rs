//! Results for other tools: JUnit, TAP, annotations of GitHub, a page of HTML.

mod github;
mod html;
mod junit;
mod tap;
