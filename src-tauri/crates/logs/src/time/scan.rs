//! Small steps over bytes.

/// The number that two digits are, as a difference that cannot wrap.
pub fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// Hour, minute, second.
pub type Clock = (u8, u8, u8);

/// `hh:mm:ss` at the start, as hour, minute, second, and what follows.
pub fn clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    let ([h1, h2, b':', m1, m2, b':', s1, s2], rest) = text.split_first_chunk::<8>()? else { return None };
    let (hour, minute, second) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
    (hour < 24 && minute < 60 && second <= 60).then_some(((hour, minute, second), rest))
}

/// A fraction behind `.` or `,`, in nanoseconds, and what follows. None at all is 0; digits beyond the ninth are dropped.
pub fn fraction(text: &[u8]) -> (u32, &[u8]) {
    let [b'.' | b',', digits @ ..] = text else { return (0, text) };
    // The usual three, without a loop.
    if let [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = digits
        && !matches!(rest, [b'0'..=b'9', ..])
    {
        let millis = u32::from(a - b'0') * 100 + u32::from(b - b'0') * 10 + u32::from(c - b'0');
        return (millis * 1_000_000, rest);
    }
    let (number, length) = number(digits, 9);
    if length == 0 {
        return (0, text);
    }
    let nanos = (length..9).fold(number, |number, _| number * 10);
    let mut rest = digits.get(length..).unwrap_or_default();
    while let [b'0'..=b'9', later @ ..] = rest {
        rest = later;
    }
    (u32::try_from(nanos).unwrap_or(0), rest)
}

/// The number at the start, of `most` digits at most (19 fit), and how many there were.
pub fn number(text: &[u8], most: usize) -> (u64, usize) {
    let digits = text.iter().take(most).take_while(|byte| byte.is_ascii_digit());
    digits.fold((0, 0), |(number, length), digit| (number * 10 + u64::from(digit - b'0'), length + 1))
}
