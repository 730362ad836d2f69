// Messages as words on a line, in the order of their fields, and as a C compiler lays them out.
//
// A number is a decimal one that reads back as the same, a text is `x` and its bytes in hexadecimal digits, a
// sequence is its length and then its elements. Nothing here is CDR: Fast CDR alone makes messages' bytes.
#pragma once

#include "fields.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

template <class Value>
concept Number = std::is_arithmetic_v<Value>;

// Writes a message's words.
class Printer {
public:
    explicit Printer(std::ostream& out) : out_(out) { out_.precision(17); }

    template <Number Value>
    void operator()(Value& value) {
        if constexpr (std::is_floating_point_v<Value>) {
            out_ << ' ' << static_cast<double>(value);
        } else {
            out_ << ' ' << static_cast<std::int64_t>(value);
        }
    }

    void operator()(std::string& text) {
        out_ << " x";
        for (const unsigned char byte : text) {
            char digits[3];
            std::snprintf(digits, sizeof digits, "%02x", byte);
            out_ << digits;
        }
    }

    template <class Element, std::size_t Count>
    void operator()(std::array<Element, Count>& elements) {
        for (auto& element : elements) (*this)(element);
    }

    template <class Element>
    void operator()(std::vector<Element>& elements) {
        out_ << ' ' << elements.size();
        for (auto& element : elements) (*this)(element);
    }

    template <class Message>
    void operator()(Message& message) {
        each_field(message, *this);
    }

private:
    std::ostream& out_;
};

// Reads what Printer writes; std::runtime_error for a line that ends early or holds another kind of word.
class Parser {
public:
    explicit Parser(std::istream& in) : in_(in) {}

    template <Number Value>
    void operator()(Value& value) {
        if constexpr (std::is_floating_point_v<Value>) {
            value = static_cast<Value>(std::stod(word()));
        } else {
            value = static_cast<Value>(std::stoll(word()));
        }
    }

    void operator()(std::string& text) {
        const std::string digits = word();
        text.clear();
        for (std::size_t place = 1; place + 1 < digits.size(); place += 2) {
            text.push_back(static_cast<char>(std::stoi(digits.substr(place, 2), nullptr, 16)));
        }
    }

    template <class Element, std::size_t Count>
    void operator()(std::array<Element, Count>& elements) {
        for (auto& element : elements) (*this)(element);
    }

    template <class Element>
    void operator()(std::vector<Element>& elements) {
        elements.resize(std::stoul(word()));
        for (auto& element : elements) (*this)(element);
    }

    template <class Message>
    void operator()(Message& message) {
        each_field(message, *this);
    }

private:
    std::string word() {
        std::string read;
        if (!(in_ >> read)) throw std::runtime_error("the line ends in the middle of a message");
        return read;
    }

    std::istream& in_;
};

// The bytes of a message of fixed size as a C structure with zeros between its fields: Unitree's checksum is of
// these. An object's own memory will not do, since between the fields there may be anything.
class Image {
public:
    template <Number Value>
    void operator()(Value& value) {
        align(alignof(Value));
        const auto* first = reinterpret_cast<const unsigned char*>(&value);
        bytes.insert(bytes.end(), first, first + sizeof value);
    }

    template <class Element, std::size_t Count>
    void operator()(std::array<Element, Count>& elements) {
        for (auto& element : elements) (*this)(element);
    }

    template <class Message>
    void operator()(Message& message) {
        align(alignof(Message));
        const std::size_t begin = bytes.size();
        each_field(message, *this);
        align(alignof(Message));
        if (bytes.size() - begin != sizeof(Message)) throw std::logic_error("the layout is another one");
    }

    std::vector<unsigned char> bytes;

private:
    void align(std::size_t boundary) {
        bytes.resize((bytes.size() + boundary - 1) / boundary * boundary);
    }
};

// CRC-32/MPEG-2 (polynomial 04C11DB7, all ones at first, nothing mirrored or inverted) over the words of a
// message's image, each from its highest bit on, without the last, where the checksum itself goes.
template <class Message>
std::uint32_t checksum(Message& message) {
    Image image;
    image(message);
    std::uint32_t sum = 0xFFFFFFFF;
    for (std::size_t place = 0; place + 4 < image.bytes.size(); place += 4) {
        std::uint32_t word;
        std::memcpy(&word, &image.bytes[place], sizeof word);
        sum ^= word;
        for (int bit = 0; bit < 32; ++bit) sum = (sum << 1) ^ (sum >> 31 ? 0x04C11DB7u : 0u);
    }
    return sum;
}
