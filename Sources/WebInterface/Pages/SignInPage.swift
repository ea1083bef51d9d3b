/// Where a person says who they are.
struct SignInPage {
  let back: String
  /// Why the last attempt failed.
  let refusal: String?

  var markup: Markup {
    let refusal: Markup = self.refusal.map { "<p role=\"alert\" class=\"refused\">\($0)</p>" } ?? ""
    return PlainPage(
      title: "Sign in",
      main: """
        <h1>Sign in</h1>\(refusal)
        <form method="post" action="/login" class="tall"><input type="hidden" name="back" value="\(self.back)">
        <label>Your name, for the record <input name="name" autocomplete="username" required maxlength="\(WebAccess.longestName)"></label>
        <label>Password of the site <input name="password" type="password" autocomplete="current-password" required></label>
        <button>Sign in</button></form>
        <p>The password is set on the site's own computer: <code>rigshift web password</code>. \
        Whatever you do stands in the record under your name.</p>
        <p><a href="\(self.back)">Back</a></p>
        """
    ).markup
  }

  static let starting = PlainPage(
    title: "RigShift", head: "<meta http-equiv=\"refresh\" content=\"2\">",
    main: "<p>The site is starting.</p>"
  ).markup
}

/// Why the site did not do what a form asked.
struct RefusalPage {
  let why: String
  let back: String

  var markup: Markup {
    PlainPage(
      title: "Not done",
      main:
        "<h1>Not done</h1><p role=\"alert\" class=\"refused\">\(self.why)</p><p><a href=\"\(self.back)\">Back</a></p>"
    ).markup
  }
}

/// A page that needs nothing of the site.
struct PlainPage {
  var title: String
  var head: Markup = ""
  var main: Markup

  var markup: Markup {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(self.title)</title>\(self.head)<link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"></head>
    <body><main id="main">\(self.main)</main></body></html>

    """
  }
}
